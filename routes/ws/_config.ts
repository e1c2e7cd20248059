import type { Static } from '../../schemas/type.js'
import type { ConfigGetResult, ConfigSetParams, ConfigWriteResult } from '../../schemas/ws/config.js'
import { configSource } from '../../src/config/source.js'
import type { ValidConfig } from '../../src/config/types.js'
import type { Runtime } from '../../src/runtime.js'
import type { Given, MethodContext } from './_method.js'

/** What `config.get` answers. */
export async function readSnapshot({ instance, config }: Runtime): Promise<Given<Static<typeof ConfigGetResult>>> {
  const [{ configSnapshot }, { redactConfig }] = await Promise.all([
    import('../../src/config/snapshot.js'),
    import('../../src/config/redact.js'),
  ])
  const { authored, included, hash, ownedByInclude, ...snapshot } = await configSnapshot(configSource(instance))
  const tree = authored ?? {}
  const { appliedHash, pendingRestart } = config.status
  return {
    ...snapshot,
    parsed: authored,
    sourceConfig: tree,
    resolved: tree,
    config: tree,
    runtimeConfig: await redactConfig(config.current),
    ...(hash !== undefined && { hash, configRevisionHash: hash }),
    ...(appliedHash !== '' && { appliedConfigHash: appliedHash }),
    pendingRestart,
    includedPaths: [...new Set(included.map(({ file }) => file))],
    includeProvenance: included,
    agentRosterIncludeOwned: ownedByInclude(['agents', 'entries']),
    bindingsIncludeOwned: ownedByInclude(['bindings']),
  }
}

type Write = Static<typeof ConfigSetParams> & { readonly note?: string | undefined }

/** Writes a config or, with `replacePaths`, a patch, and waits until the gateway has taken it over. */
export async function writeConfig(
  { runtime, caller, log }: MethodContext,
  { raw, baseHash, note }: Write,
  replacePaths?: readonly string[],
): Promise<Given<Static<typeof ConfigWriteResult>>> {
  const { instance, config } = runtime
  const { submitConfig, submitPatch } = await import('../../src/config/submit.js')
  const submission = {
    raw,
    baseHash,
    version: instance.version,
    check: ({ config: next, env }: ValidConfig) => runtime.secrets.check(next, env),
  }
  const source = configSource(instance)
  const edit = await (replacePaths ? submitPatch(source, submission, replacePaths) : submitConfig(source, submission))
  if (edit.changed) {
    const { deviceId, user, clientIp } = caller
    log.info({ paths: edit.paths, note, deviceId, user, clientIp }, 'the config was changed over the control plane')
  }
  const { pendingRestart } = await config.reload()
  const { config: written } = await readSnapshot(runtime)
  return {
    ok: true,
    ...(!edit.changed && { noop: true as const }),
    path: edit.file,
    hash: edit.hash,
    changedPaths: edit.paths.filter((path) => !path.startsWith('meta.')),
    reload: edit.reload,
    pendingRestart,
    config: written,
    warnings: edit.warnings,
  }
}
