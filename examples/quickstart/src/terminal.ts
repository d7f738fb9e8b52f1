import type { OperationProgress } from '@dcm/core'

/** Where the story is printed: live bars on a terminal, plain lines in a pipe. */
export interface Screen {
  print(line?: string): void
  /** Shows how far something is. */
  progress(name: string, progress: OperationProgress): void
  /** Ends the bars: what is printed next stays below them. */
  settle(): void
}

const width = 28

export function createScreen(out: NodeJS.WriteStream = process.stdout): Screen {
  return out.isTTY ? liveScreen(out) : plainScreen(out)
}

function liveScreen(out: NodeJS.WriteStream): Screen {
  const bars = new Map<string, string>()
  let drawn = 0

  function draw(): void {
    if (drawn > 0) out.write(`\u001b[${drawn}A`)
    for (const [name, text] of bars) out.write(`\u001b[2K  ${name.padEnd(14)} ${text}\n`)
    drawn = bars.size
  }

  return {
    print: (line = '') => out.write(`${line}\n`),
    progress(name, { step, phase, fraction = 0, waitingFor }) {
      const full = Math.round(fraction * width)
      const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)}`
      const note = waitingFor ? ` (${waitingFor})` : ''
      const percent = `${Math.round(fraction * 100)}`.padStart(3)
      bars.set(name, `${bar} ${percent} %  ${phase === 'ended' ? 'done' : step}${note}`.slice(0, out.columns - 18))
      draw()
    },
    settle() {
      bars.clear()
      drawn = 0
    },
  }
}

/** One line a step and quarter: no control codes, fit for logs. */
function plainScreen(out: NodeJS.WriteStream): Screen {
  const shown = new Map<string, string>()
  return {
    print: (line = '') => out.write(`${line}\n`),
    progress(name, { step, phase, fraction = 0 }) {
      const quarter = Math.floor(fraction * 4) * 25
      const text = phase === 'ended' ? `${name}: done` : `${name}: ${step} ${quarter} %`
      if (shown.get(name) === text) return
      shown.set(name, text)
      out.write(`  ${text}\n`)
    },
    settle: () => shown.clear(),
  }
}

/** Rows as aligned columns. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()
  return [line(head), line(widths.map((size) => '─'.repeat(size))), ...rows.map(line)].join('\n')
}

/** Bytes in the unit a person would use. */
export function readableBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '?'
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`
}
