import type { Tree } from '../tree.js'
import { migrateAgents } from './agents.js'
import { migrateChannels } from './channels.js'
import { migrateEnv, migrateGateway, migrateModels, migrateRest } from './host.js'
import { Migration } from './migration.js'

/**
 * Maps every older spelling of a config to the internal shape, in place and without loss (spec/config.md section 2.4).
 * Values of a wrong type are left for the schema check to report.
 */
export function migrate(root: Tree): Migration {
  const migration = new Migration(root)
  migrateAgents(migration)
  migrateChannels(migration)
  migrateGateway(migration)
  migrateEnv(migration)
  migrateModels(migration)
  migrateRest(migration)
  return migration
}
