import type { Reference } from '@dcm/core'
import { type MeantTemplate, resolveTemplate } from '../library/library-template.js'
import { findVm, readVm } from '../locate.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { isInstant } from './state.js'
import { ofKind, type Survey } from './survey.js'

/** A template, a running VM for an instant clone, or an OVF item. */
export type Source = { readonly is: 'vm'; readonly row: DetailRow } | Extract<MeantTemplate, { readonly is: 'item' }>

export async function findSource(
  platform: Platform,
  survey: Survey,
  wanted: Reference,
  signal: AbortSignal,
): Promise<Source | undefined> {
  const target = {
    path: 'source.template',
    kind: 'template',
    containers: [...ofKind(survey, 'datacenter'), ...ofKind(survey, 'cluster'), ...ofKind(survey, 'host')],
  } as const
  const meant = await resolveTemplate(platform, wanted, ofKind(survey, 'template'), target, survey.problems, signal)
  if (meant?.is !== 'vm') return meant
  const instant = isInstant(survey.spec)
  const row = instant ? await findVm(platform, meant, signal) : await readVm(platform, meant.id, signal)
  if (row !== undefined && (row['config.template'] === true) !== instant) return { is: 'vm', row }
  const what = instant ? ' - that is a template, which cannot run' : ' - that is a VM, not a template'
  const { path, kind } = target
  survey.problems.missing({ path, kind, reference: wanted }, row === undefined ? '' : what)
  return undefined
}
