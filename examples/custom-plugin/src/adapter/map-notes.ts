import { formatMarker, type Marker, parseMarker } from '@dcm/core'

/** What the notes of a VM hold: our stamp in the first line, the user's description below. */
export interface Notes {
  /** By which a creation finds its own work again. Absent on VMs that we did not make. */
  readonly stamp?: { readonly marker: Marker; readonly attempt: string }
  readonly description: string
}

/** The marker says which creation made the VM; the attempt, which of the runs that were after it. */
export function writeNotes({ stamp, description }: Notes): string {
  if (!stamp) return description
  return `${formatMarker(stamp.marker)} ${stamp.attempt}\n${description}`
}

export function readNotes(notes: string): Notes {
  const [first = '', ...rest] = notes.split('\n')
  const [text = '', attempt = ''] = first.split(' ')
  const marker = parseMarker(text)
  return marker ? { stamp: { marker, attempt }, description: rest.join('\n') } : { description: notes }
}
