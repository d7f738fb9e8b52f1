import type { Guest } from './guest.js'
import { parentOf } from './paths.js'
import { type Command, parseScript, type Word } from './shell.js'

interface Shell {
  readonly guest: Guest
  readonly parameters: readonly string[]
  readonly variables: Map<string, string>
  status: number
  readonly sleep: (ms: number) => Promise<void>
  readonly isKilled: () => boolean
}

interface Streams {
  readonly input: string
  output: string
  errors: string
}

type Program = (words: readonly string[], streams: Streams, shell: Shell) => number | Promise<number>

/** What lies on the path of the simulated guests. */
const programs: Readonly<Record<string, Program>> = {
  true: () => 0,
  false: () => 1,
  umask: () => 0,
  echo: (words, streams) => say(streams, `${words.join(' ')}\n`),
  printf: ([, text = ''], streams) => say(streams, text),
  hostname: (_words, streams, { guest }) => say(streams, `${guest.hostname}\n`),
  seq: ([last = '1'], streams) =>
    say(streams, Array.from({ length: Number(last) }, (_, index) => `${index + 1}\n`).join('')),
  cat(words, streams, { guest }) {
    if (words.length === 0) return say(streams, streams.input)
    for (const path of words) {
      const file = guest.files.get(path)
      if (file === undefined) return complain(streams, `cat: ${path}: No such file or directory`, 1)
      streams.output += file.toString('latin1')
    }
    return 0
  },
  async sleep([seconds = '0'], _streams, shell) {
    await shell.sleep(Number(seconds) * 1_000)
    return 0
  },
  async sh([flag, script = '', _name, ...parameters], streams, shell) {
    if (flag !== '-c') return complain(streams, 'sh: only -c is known here', 2)
    return runScript({ ...shell, parameters, variables: new Map(), status: 0 }, script, streams)
  },
}

/** Runs a line as the guest's shell would, and gives its exit code. */
export function runProgram(
  guest: Guest,
  line: string,
  sleep: (ms: number) => Promise<void>,
  isKilled: () => boolean,
): Promise<number> {
  const shell: Shell = { guest, parameters: [], variables: new Map(), status: 0, sleep, isKilled }
  return runScript(shell, line, { input: '', output: '', errors: '' })
}

async function runScript(shell: Shell, script: string, streams: Streams): Promise<number> {
  const commands = parseScript(script)
  if (commands === undefined) return complain(streams, 'sh: Syntax error', 2)
  for (const command of commands) {
    if (shell.isKilled()) return 137
    const words = command.words.flatMap((word) => expand(shell, word))
    const setting = /^([A-Za-z_]\w*)=(.*)$/s.exec(words[0] ?? '')
    if (setting?.[1] !== undefined) shell.variables.set(setting[1], setting[2] ?? '')
    else if (words[0] === 'exit') return Number(words[1] ?? shell.status)
    else shell.status = await runCommand(shell, command, words, streams)
  }
  return shell.status
}

async function runCommand(
  shell: Shell,
  { redirects }: Command,
  [name = '', ...words]: readonly string[],
  around: Streams,
): Promise<number> {
  const { files, directories } = shell.guest
  const leads = new Map(redirects.map(({ from, to }) => [from, expand(shell, to).join('')]))
  for (const [from, path] of leads) {
    if (path === '/dev/null') continue
    if (from === '<' && !files.has(path)) return complain(around, `sh: cannot open ${path}: No such file`, 2)
    if (from !== '<' && !directories.has(parentOf(path))) return complain(around, `sh: cannot create ${path}`, 2)
    if (from !== '<') files.set(path, Buffer.alloc(0))
  }
  const streams: Streams = { input: files.get(leads.get('<') ?? '')?.toString('latin1') ?? '', output: '', errors: '' }
  const program = programs[name.replace(/^(?:\/usr)?\/bin\//, '')]
  const status =
    program === undefined ? complain(streams, `sh: ${name}: not found`, 127) : await program(words, streams, shell)
  for (const [from, text] of [
    ['>', streams.output],
    ['2>', streams.errors],
  ] as const) {
    const path = leads.get(from)
    if (path === undefined) around[from === '>' ? 'output' : 'errors'] += text
    else if (path !== '/dev/null') files.set(path, Buffer.from(text, 'latin1'))
  }
  return shell.isKilled() ? 137 : status
}

/** The words that a word becomes: `"$@"` may be many or none. */
function expand({ parameters, variables, status }: Shell, word: Word): string[] {
  const [only] = word
  if (word.length === 1 && typeof only === 'object' && only.parameter === '@') return [...parameters]
  const lookUp = (name: string): string => {
    if (name === '?') return String(status)
    return /^\d$/.test(name) ? (parameters[Number(name) - 1] ?? '') : (variables.get(name) ?? '')
  }
  return [word.map((part) => (typeof part === 'string' ? part : lookUp(part.parameter))).join('')]
}

function say(streams: Streams, text: string): number {
  streams.output += text
  return 0
}

function complain(streams: Streams, text: string, status: number): number {
  streams.errors += `${text}\n`
  return status
}
