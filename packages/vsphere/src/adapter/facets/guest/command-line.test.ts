import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandLine, fileOf, windowsQuote } from './command-line.js'

describe('commandLine for POSIX guests', () => {
  /** Runs the line as VMware Tools do: a shell reads path and arguments. */
  function run(command: readonly string[], directory: string) {
    const { programPath, arguments: line } = commandLine(command, directory, false)
    try {
      execFileSync('/bin/sh', ['-c', `"${programPath}" ${line}`], { stdio: 'ignore' })
    } catch {
      // The exit code stands in a file too.
    }
    const read = (file: 'output' | 'errors' | 'exitCode') => readFileSync(fileOf(directory, file, false), 'utf8')
    return { output: read('output'), errors: read('errors'), exitCode: read('exitCode') }
  }

  function inDirectory<T>(name: string, use: (directory: string) => T): T {
    const directory = mkdtempSync(join(tmpdir(), name))
    try {
      return use(directory)
    } finally {
      rmSync(directory, { recursive: true })
    }
  }

  it('hands every argument on as it is', () => {
    const word = fc.string({ unit: fc.constantFrom(...`a '"\\$\`;&|<>()*?!#~%\n\t=é{}[]-`) })
    const words = fc.array(word, { maxLength: 5 })
    inDirectory('dcm-line-', (directory) => {
      fc.assert(
        fc.property(words, (given) => {
          const { output } = run(['printf', '%s\\037', 'x', ...given], directory)
          expect(output.split('\x1f').slice(1, -1)).toEqual(given)
        }),
        { numRuns: 40 },
      )
    })
  })

  it('keeps output, errors and the exit code, in directories of any name', () => {
    inDirectory("dcm it's $HOME ", (directory) => {
      expect(run(['sh', '-c', 'echo out; echo err >&2; exit 7'], directory)).toEqual({
        output: 'out\n',
        errors: 'err\n',
        exitCode: '7',
      })
      expect(run(['no-such-program'], directory)).toMatchObject({ output: '', exitCode: '127' })
    })
  })
})

describe('commandLine for Windows guests', () => {
  const script = (command: readonly string[]): string => {
    const { arguments: line } = commandLine(command, String.raw`C:\Temp\it's`, true)
    return Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString('utf16le')
  }

  it('writes a script in which nothing of the command is read as script', () => {
    const text = script([String.raw`C:\Program Files\a'b.exe`, '$(evil)', 'two words', '; exit'])
    expect(text).toContain(
      String.raw`-FilePath 'C:\Program Files\a''b.exe' -ArgumentList '$(evil) "two words" "; exit"'`,
    )
    expect(text).toContain(String.raw`-RedirectStandardOutput 'C:\Temp\it''s\out'`)
    expect(script(['hostname'])).not.toContain('-ArgumentList')
  })

  it('quotes arguments so that the C library reads them back', () => {
    const word = fc.string({ unit: fc.constantFrom(...'a \\"\t') })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        expect(argumentsIn(words.map(windowsQuote).join(' '))).toEqual(words)
      }),
    )
  })
})

/** The rules by which programs on Windows take their line apart. */
function argumentsIn(line: string): string[] {
  const found: string[] = []
  let at = 0
  while (at < line.length) {
    while (/[ \t]/.test(line[at] ?? '')) at += 1
    if (at >= line.length) break
    let word = ''
    let quoted = false
    for (; at < line.length && (quoted || !/[ \t]/.test(line[at] ?? '')); ) {
      const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0
      at += slashes
      const beforeQuote = line[at] === '"'
      word += '\\'.repeat(beforeQuote ? Math.floor(slashes / 2) : slashes)
      if (!beforeQuote) {
        if (slashes === 0) {
          word += line[at] ?? ''
          at += 1
        }
        continue
      }
      if (slashes % 2 === 1) word += '"'
      else quoted = !quoted
      at += 1
    }
    found.push(word)
  }
  return found
}
