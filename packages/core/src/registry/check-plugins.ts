import { HypervisorError } from '../errors/hypervisor-error.js'
import { coreVersion } from '../generated/version.js'
import { type AnyPlugin, portVersion } from '../plugin.js'

/** Throws when plugins do not fit this core or one another. */
export function checkPlugins(plugins: readonly AnyPlugin[]): void {
  const seen = new Map<string, AnyPlugin>()
  for (const plugin of plugins) {
    if (plugin.portVersion !== portVersion) throw versionMismatch(plugin)
    const other = seen.get(plugin.type)
    if (other) {
      const message = `the type '${plugin.type}' is taken twice, by ${other.packageName} and ${plugin.packageName}; give one of them`
      throw new HypervisorError('INVALID_ARGUMENT', message, { details: { problems: [{ path: 'plugins', message }] } })
    }
    seen.set(plugin.type, plugin)
  }
}

function versionMismatch(plugin: AnyPlugin): HypervisorError {
  const older = plugin.portVersion < portVersion ? plugin.packageName : '@dcm/core'
  const message =
    `${plugin.packageName}@${plugin.packageVersion} speaks version ${plugin.portVersion} of the port, ` +
    `@dcm/core@${coreVersion} speaks version ${portVersion}; run: npm install ${older}@latest`
  return new HypervisorError('FAILED_PRECONDITION', message, { details: { reason: 'port-version' } })
}
