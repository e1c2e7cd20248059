import type { Config } from '../../schemas/config/index.js'
import type { ConfigHandle, ConfigListener, ConfigStatus } from './watch.js'

/** What users of the config need: the config that runs, and word of its changes. */
export interface ConfigView {
  readonly current: Config
  readonly env: ConfigHandle['env']
  readonly status: ConfigStatus
  /** Reads the files now instead of when their change is noticed; gives the status afterwards. */
  reload(): Promise<ConfigStatus>
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
    reload: () => handle.reload(),
    onChange: (listener) => handle.onChange(listener),
  }
}
