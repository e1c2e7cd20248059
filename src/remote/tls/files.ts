import { join } from 'node:path'
import type { Config } from '../../../schemas/config/index.js'
import type { InstancePaths } from '../../instance/types.js'
import { expandHome } from '../../kernel/expand-home.js'

export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly clientCa: string | undefined
  /** Make a pair when neither file is there. */
  readonly autoGenerate: boolean
}

/** Where certificate and key are: as configured, else in the state directory (spec/config.md 3.9). */
export function tlsFiles(config: Config, { state, home }: Pick<InstancePaths, 'state' | 'home'>): TlsFiles {
  const { certPath, keyPath, caPath, autoGenerate = true } = config.gateway?.tls ?? {}
  const folder = join(state, 'gateway', 'tls')
  return {
    cert: certPath ? expandHome(certPath, home) : join(folder, 'gateway-cert.pem'),
    key: keyPath ? expandHome(keyPath, home) : join(folder, 'gateway-key.pem'),
    clientCa: caPath ? expandHome(caPath, home) : undefined,
    autoGenerate,
  }
}
