/** How a program is started in a guest so that its output and its exit code are kept there. */
export interface CommandLine {
  readonly programPath: string
  readonly arguments: string
}

/** Files in the directory of one run. */
export const files = { output: 'out', errors: 'err', exitCode: 'code' } as const

/** The command line for a guest of this kind, with everything that comes out put into files of the directory. */
export function commandLine(command: readonly string[], directory: string, isWindows: boolean): CommandLine {
  return isWindows ? windowsLine(command, directory) : posixLine(command, directory)
}

/** Path of a file of a run. */
export function fileOf(directory: string, file: keyof typeof files, isWindows: boolean): string {
  return `${directory}${isWindows ? '\\' : '/'}${files[file]}`
}

/**
 * VMware Tools hand the arguments to the guest's shell, so every word is quoted for it; a second shell sees them as parameters,
 * which no shell reads again. Without a path, the program is looked for as that shell does.
 */
function posixLine(command: readonly string[], directory: string): CommandLine {
  const at = (file: keyof typeof files): string => posixQuote(fileOf(directory, file, false))
  const script = [
    'umask 077',
    `"$@" </dev/null >${at('output')} 2>${at('errors')}`,
    'c=$?',
    `printf %s "$c" >${at('exitCode')}`,
    'exit "$c"',
  ].join('; ')
  return { programPath: '/bin/sh', arguments: ['-c', script, 'dcm', ...command].map(posixQuote).join(' ') }
}

/** One word for a POSIX shell, whatever it holds. */
export function posixQuote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * PowerShell reads its script from base64, so nothing on the way has to be quoted for it. The program gets one line, from which
 * it takes its arguments by the rules of the C library.
 */
function windowsLine([program = '', ...words]: readonly string[], directory: string): CommandLine {
  const at = (file: keyof typeof files): string => powershellQuote(fileOf(directory, file, true))
  const line = words.map(windowsQuote).join(' ')
  const script = [
    "$ErrorActionPreference = 'Stop'",
    `try { $p = Start-Process -FilePath ${powershellQuote(program)}${line === '' ? '' : ` -ArgumentList ${powershellQuote(line)}`} -RedirectStandardOutput ${at('output')} -RedirectStandardError ${at('errors')} -WindowStyle Hidden -PassThru -Wait; $c = $p.ExitCode }`,
    `catch { [IO.File]::WriteAllText(${at('errors')}, $_.Exception.Message); $c = 127 }`,
    `[IO.File]::WriteAllText(${at('exitCode')}, "$c")`,
    'exit $c',
  ].join('\n')
  return {
    programPath: String.raw`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`,
    arguments: `-NoProfile -NonInteractive -EncodedCommand ${Buffer.from(script, 'utf16le').toString('base64')}`,
  }
}

function powershellQuote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** One argument for programs of the C library: backslashes count only before a quote. */
export function windowsQuote(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}
