/** A place in an input file, lines counted from 1. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
}

/** An input that cannot be turned into code, with the place that says so. */
export class SourceError extends Error {
  readonly file: string
  readonly line: number

  constructor(place: SourcePlace, message: string) {
    super(`${place.file}:${place.line}: ${message}`)
    this.name = 'SourceError'
    this.file = place.file
    this.line = place.line
  }
}
