import { invalidArgument, vimFault } from '../fault.js'
import { describeSession } from '../sessions/sessions.js'
import type { Call, Handlers } from './handler.js'

function open(call: Call): ReturnType<typeof describeSession> {
  const session = call.sessions.login(call.options.username, call.userAgent)
  call.setCookie(session.token)
  return describeSession(session)
}

export const sessionMethods: Handlers = {
  RetrieveServiceContent: ({ world }) => world.content,
  CurrentTime: ({ world }) => world.timestamp(),
  Login(call, { userName, password }) {
    const { withoutRole } = call.options
    if (userName === withoutRole?.username && password === withoutRole.password)
      throw vimFault(
        'NoPermission',
        { object: call.world.content.rootFolder, privilegeId: 'System.View' },
        'Permission to perform this operation was denied.',
      )
    // A living cookie must not come along.
    const wrong = call.caller !== undefined || userName !== call.options.username || password !== call.options.password
    if (wrong) throw vimFault('InvalidLogin', {}, 'Cannot complete login due to an incorrect user name or password.')
    return open(call)
  },
  LoginByToken(call) {
    if (call.world.isHostAgent) throw vimFault('NotSupported', {}, 'A bare host knows no single sign-on')
    const wrong = call.caller !== undefined || call.assertionId !== call.options.tokenId
    if (wrong) throw vimFault('InvalidLogin', {}, 'Cannot complete login due to an invalid or expired token.')
    return open(call)
  },
  Logout(call) {
    call.sessions.end(call.session)
    return undefined
  },
  SessionIsActive(call, { sessionID, userName }) {
    if (call.world.isHostAgent) throw vimFault('NotImplemented')
    return call.sessions.list().some((each) => each.key === sessionID && each.userName === userName)
  },
  TerminateSession(call, { sessionId }) {
    for (const key of sessionId) {
      if (key === call.session.key) throw invalidArgument('sessionId')
      const session = call.sessions.list().find((each) => each.key === key)
      if (session === undefined) throw vimFault('NotFound')
      call.sessions.end(session)
    }
    return undefined
  },
  HasPrivilegeOnEntities: ({ world }, { entity, privId }) =>
    entity.map((each) => ({
      entity: each,
      privAvailability: privId.map((id) => ({ privId: id, isGranted: !world.switches.deniedPrivileges.has(id) })),
    })),
}
