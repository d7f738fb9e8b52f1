import type { NativeExit, NativeProgram, NativeVm } from './native-types.js'

/** How much of each output is kept, in bytes. */
const longestOutput = 65_536

/** What a guest does with a command: how it ends, and after how long. A program that it does not have ends with 127. */
export function carryOutInGuest(
  vm: NativeVm,
  files: ReadonlyMap<string, string>,
  [program = '', ...words]: readonly string[],
): { readonly ms: number; readonly exit: NativeExit } {
  const { programs = {}, hostName = vm.name } = vm.guest
  const known = Object.hasOwn(programs, program) ? programs[program] : builtIn(program, words, files, hostName)
  const {
    exitCode = 0,
    stdout = '',
    stderr = '',
    ms = 0,
  } = known ?? {
    exitCode: 127,
    stderr: `${program}: not found\n`,
  }
  const [out, err] = [shorten(stdout), shorten(stderr)]
  return {
    ms,
    exit: { exitCode, stdout: out.text, stderr: err.text, truncated: out.isShorter || err.isShorter },
  }
}

function builtIn(
  program: string,
  words: readonly string[],
  files: ReadonlyMap<string, string>,
  hostName: string,
): NativeProgram | undefined {
  switch (program) {
    case 'true':
      return {}
    case 'false':
      return { exitCode: 1 }
    case 'echo':
      return { stdout: `${words.join(' ')}\n` }
    case 'hostname':
      return { stdout: `${hostName}\n` }
    case 'sleep':
      return { ms: Math.max(0, Number(words[0]) * 1000) || 0 }
    case 'cat': {
      const missing = words.find((path) => !files.has(path))
      if (missing !== undefined) return { exitCode: 1, stderr: `cat: ${missing}: No such file or directory\n` }
      return { stdout: words.map((path) => Buffer.from(files.get(path) ?? '', 'base64').toString('utf8')).join('') }
    }
    default:
      return undefined
  }
}

function shorten(text: string): { readonly text: string; readonly isShorter: boolean } {
  const bytes = Buffer.from(text)
  if (bytes.length <= longestOutput) return { text, isShorter: false }
  return { text: bytes.subarray(0, longestOutput).toString('utf8'), isShorter: true }
}
