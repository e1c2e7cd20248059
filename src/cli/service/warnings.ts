import { join } from 'node:path'
import { envSchema } from '../../../schemas/env.js'
import { serviceVariables } from '../../service/spec.js'
import type { ServiceManager } from '../../service/types.js'
import type { CommandContext } from '../context.js'
import type { OpenService } from './open.js'

export interface Warning {
  readonly code: 'path_may_go' | 'path_is_temporary' | 'variable_not_seen' | 'ends_with_session'
  readonly message: string
}

/** What works now and may not work later. Values of variables are never shown. */
export async function installWarnings(
  { t, io, hint }: CommandContext,
  { instance, host, launcher }: OpenService,
  manager: ServiceManager,
): Promise<Warning[]> {
  const paths = launcher.warnings.map(({ kind, path }): Warning => {
    const command = hint('gateway install --force')
    return kind === 'managed'
      ? { code: 'path_may_go', message: t('service.warn.managed', { path, command }) }
      : { code: 'path_is_temporary', message: t('service.warn.temporary', { path }) }
  })
  const unseen = Object.keys(envSchema.properties).filter((name) => io.env[name] && !serviceVariables.includes(name))
  const file = join(instance.paths.state, '.env')
  const variables = unseen.map(
    (name): Warning => ({
      code: 'variable_not_seen',
      message: t('service.warn.variable', { name, file }),
    }),
  )
  const lingers = manager.kind !== 'systemd' || (await manager.endsWithSession()) !== true
  const command = `loginctl enable-linger${host.uid === 0 ? ' root' : ''}`
  return [
    ...paths,
    ...variables,
    ...(lingers ? [] : [{ code: 'ends_with_session', message: t('service.warn.linger', { command }) } as const]),
  ]
}
