import type { Config } from '../../schemas/config/index.js'
import { type ReloadClass, reloadClassOf } from './reload-classes.js'

export type ReloadMode = NonNullable<NonNullable<NonNullable<Config['gateway']>['reload']>['mode']>

/** What to do about a changed config. */
export interface ReloadPlan {
  /** restart: rebuild the app. hot: tell the subsystems of `hot`. none: nothing to do now. */
  readonly kind: ReloadClass
  /** Changes that take effect now: with a rebuild, by telling their subsystem, or at their next use. */
  readonly applied: readonly string[]
  /** Those of `applied` whose subsystem must be told. */
  readonly hot: readonly string[]
  /** Changes that wait for a restart by hand, because the mode forbids more. */
  readonly pending: readonly string[]
}

/** These never cause a restart, not even in mode restart: they say how to reload, whom to call, who wrote the file. */
const neverRestart = /^(?:gateway\.(?:reload|remote)|meta|wizard|\$schema)(?:[.[]|$)/

/** Sorts changed paths by class and mode (spec/config.md section 2.3). */
export function planReload(mode: ReloadMode, paths: readonly string[]): ReloadPlan {
  const of = (wanted: ReloadClass) => paths.filter((path) => reloadClassOf(path) === wanted)
  const hot = of('hot')
  const restart = of('restart')
  switch (mode) {
    case 'off':
      return { kind: 'none', applied: [], hot: [], pending: paths }
    case 'hot':
      return {
        kind: hot.length > 0 ? 'hot' : 'none',
        applied: paths.filter((path) => !restart.includes(path)),
        hot,
        pending: restart,
      }
    case 'restart':
      return {
        kind: paths.some((path) => !neverRestart.test(path)) ? 'restart' : 'none',
        applied: paths,
        hot: [],
        pending: [],
      }
    case 'hybrid':
      if (restart.length > 0) return { kind: 'restart', applied: paths, hot: [], pending: [] }
      return { kind: hot.length > 0 ? 'hot' : 'none', applied: paths, hot, pending: [] }
  }
}
