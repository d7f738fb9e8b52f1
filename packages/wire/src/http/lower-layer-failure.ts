import { codeOf, type WireErrorKind, type WireOutcome } from './wire-error.js'

/** Says in our words what undici, its parser or the socket reported once a connection stood. */
export function nameLowerLayerFailure(
  cause: unknown,
  outcome: WireOutcome,
): { readonly kind: WireErrorKind; readonly message: string } {
  const code = codeOf(cause) ?? ''
  const text = cause instanceof Error ? cause.message : ''
  // undici's parser errors carry no usable code; in brackets stands which rule of HTTP was broken.
  const parserReason =
    cause instanceof Error && cause.name === 'HTTPParserError' ? /\((.*)\)/.exec(text)?.[1] : undefined
  if (parserReason === 'Invalid EOF state' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return { kind: 'reset', message: 'the connection ended before the answer was complete' }
  }
  if (parserReason !== undefined || text === 'bad response' || text === 'bad upgrade') {
    const message = `the server's answer is not HTTP/1.1 (${parserReason ?? text}): check that this is the right port`
    return { kind: 'protocol', message }
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { kind: 'protocol', message: "the server's answer has more header bytes than are accepted" }
  }
  // undici names the part it does not like, never its value.
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return { kind: 'protocol', message: `the request cannot be sent as it is: ${text}` }
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return { kind: 'closed', message: 'the transport was closed' }
  }
  const consequence = {
    'not-sent': 'the connection broke before the request was sent',
    unknown: 'the connection broke after the request was sent and before an answer came: it may have been acted upon',
    answered: 'the connection broke before the answer was complete',
  }[outcome]
  return { kind: 'reset', message: code === '' ? consequence : `${consequence} (${code})` }
}
