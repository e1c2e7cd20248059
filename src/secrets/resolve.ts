import { WorkLimit } from '../kernel/work-limit.js'
import { failureIn, failureOf, type SecretFailure } from './failure.js'
import { keyOf } from './pointer.js'
import type { Answers, AskContext } from './providers/ask.js'
import { readEnvironment } from './providers/env.js'
import { runSecretProgram } from './providers/exec.js'
import { readSecretFile } from './providers/file.js'
import type { Outcome, ProviderConfig, SecretPointer, SecretsConfig } from './types.js'

const defaultConcurrency = 4
const defaultMaxRefs = 512
const defaultMaxBatchBytes = 262_144
/** Providers that wait for their turn; a config has fewer. */
const maxWaiting = 10_000

interface Group {
  readonly source: SecretPointer['source']
  readonly alias: string
  readonly ids: string[]
}

/**
 * Asks for all references, each provider once with all its ids, a few providers side by side (spec/config.md section
 * 5.2). Never rejects: what failed is the outcome of its references alone. Keys are those of `keyOf`.
 */
export async function resolveAll(
  refs: readonly SecretPointer[],
  secrets: SecretsConfig | undefined,
  context: AskContext,
): Promise<ReadonlyMap<string, Outcome>> {
  const limit = new WorkLimit(secrets?.resolution?.maxProviderConcurrency ?? defaultConcurrency, maxWaiting)
  const outcomes = new Map<string, Outcome>()
  const asked = groupsOf(refs).map(async (group) => {
    const answers = await limit.run(() => answersOf(group, secrets, context))
    for (const id of group.ids) {
      const outcome = answers?.get(id) ?? { ok: false, failure: failureOf('SECRET_REF_NOT_FOUND', 'No answer came.') }
      outcomes.set(keyOf({ source: group.source, provider: group.alias, id } as SecretPointer), outcome)
    }
  })
  await Promise.all(asked)
  return outcomes
}

function groupsOf(refs: readonly SecretPointer[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { source, provider: alias, id } of refs) {
    const key = `${source}:${alias}`
    const group = groups.get(key) ?? { source, alias, ids: [] }
    groups.set(key, group)
    if (!group.ids.includes(id)) group.ids.push(id)
  }
  return [...groups.values()]
}

async function answersOf(group: Group, secrets: SecretsConfig | undefined, context: AskContext): Promise<Answers> {
  const { source, alias, ids } = group
  const provider = providerOf(source, alias, secrets)
  if ('code' in provider) return forAll(ids, provider)
  const maxRefs = secrets?.resolution?.maxRefsPerProvider ?? defaultMaxRefs
  if (ids.length > maxRefs) {
    const message = `The provider "${alias}" has ${ids.length} references, more than ${maxRefs}. Split it.`
    return forAll(ids, failureOf('SECRET_PROVIDER_INVALID', message))
  }
  const maxBatchBytes = secrets?.resolution?.maxBatchBytes ?? defaultMaxBatchBytes
  try {
    return await ask(provider, { ...context, alias, ids, maxBatchBytes })
  } catch (error) {
    return forAll(ids, failureIn(error))
  }
}

type Question = AskContext & { alias: string; ids: readonly string[]; maxBatchBytes: number }

async function ask(provider: ProviderConfig, question: Question): Promise<Answers> {
  switch (provider.source) {
    case 'env':
      return readEnvironment({ ...question, provider })
    case 'file':
      return readSecretFile({ ...question, provider })
    case 'exec':
      return runSecretProgram({ ...question, provider })
    case 'store':
      return forAll(question.ids, noStore(question.alias))
  }
}

function providerOf(
  source: SecretPointer['source'],
  alias: string,
  secrets: SecretsConfig | undefined,
): ProviderConfig | SecretFailure {
  const named = (name: string) =>
    Object.hasOwn(secrets?.providers ?? {}, name) ? secrets?.providers?.[name] : undefined
  // "$NAME" means the default provider, which may have another name and a list of what it may read.
  const isDefault = source === 'env' && alias === 'default'
  const found = named(alias) ?? (isDefault ? named(secrets?.defaults?.env ?? alias) : undefined)
  if (found && found.source !== source) {
    const message = `The provider "${alias}" has source "${found.source}", and a reference says "${source}". Correct one of them.`
    return failureOf('SECRET_PROVIDER_INVALID', message)
  }
  if (found) return found
  if (source === 'env' && (isDefault || alias === secrets?.defaults?.env)) return { source: 'env' }
  if (source === 'store') return noStore(alias)
  const message = `There is no secret provider "${alias}". Add it under secrets.providers.`
  return failureOf('SECRET_PROVIDER_NOT_CONFIGURED', message)
}

/** The schema takes references to a store so that a config of the official gateway stays readable. */
function noStore(alias: string): SecretFailure {
  const message = `The provider "${alias}" has source "store": this version has no store. Use env, file or exec.`
  return { ...failureOf('SECRET_PROVIDER_UNAVAILABLE', message), retryable: false }
}

const forAll = (ids: readonly string[], failure: SecretFailure): Answers =>
  new Map(ids.map((id): [string, Outcome] => [id, { ok: false, failure }]))
