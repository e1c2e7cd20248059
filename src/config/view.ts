import type { Config } from '../../schemas/config/index.js'
import type { Admit } from './types.js'
import type { ConfigHandle, ConfigListener, ConfigStatus } from './watch.js'

/** What users of the config need: the config that runs, and word of its changes. */
export interface ConfigView {
  readonly current: Config
  readonly env: ConfigHandle['env']
  readonly status: ConfigStatus
  /**
   * Reads the files now instead of when their change is noticed; gives the status afterwards. `again`: also when they
   * are those that were refused.
   */
  reload(again?: boolean): Promise<ConfigStatus>
  /** Has every further config judged before it is taken over. There is one judge; the returned function lets it go. */
  admitWith(admit: Admit): () => void
  onChange(listener: ConfigListener): () => void
}

/** The same config through `change`, which is asked once per config: flags of a process laid over its file. */
export function overlaid(handle: ConfigHandle, change: (config: Config) => Config): ConfigView {
  let from = handle.current
  let current = change(from)
  return {
    get current() {
      if (from !== handle.current) {
        from = handle.current
        current = change(from)
      }
      return current
    },
    get env() {
      return handle.env
    },
    get status() {
      return handle.status
    },
    reload: (again) => handle.reload(again),
    admitWith: (admit) => handle.admitWith((authored, env) => admit(change(authored), env)),
    onChange: (listener) => handle.onChange(listener),
  }
}
