import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Clock } from '../kernel/clock.js'
import { codeRoot } from '../kernel/code-root.js'
import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import type { ModelProvider, ProgramHost, ProviderContext, ProviderFactory } from '../models/types.js'

/** APIs that are another one at a different address. Azure takes its key as a bearer token under `/openai/v1`. */
const standIns: ReadonlyMap<string, string> = new Map([['azure-openai-responses', 'openai-responses']])

export interface ProvidersInput {
  readonly log: Logger
  readonly clock: Clock
  readonly random?: () => number
  /** Absent: no program may be started. */
  readonly programs?: ProgramHost
  /** Where the provider files are; this folder when absent. */
  readonly folder?: string
}

export interface Providers {
  /** The provider for a model's `api`, imported on first use. Throws `model_not_found` when no file speaks it. */
  get(api: string): Promise<ModelProvider>
  /** Names of all APIs that have a file here. */
  names(): Promise<readonly string[]>
  /** Closes every provider that was opened. */
  close(): Promise<void>
}

/**
 * The model APIs of one gateway: a file of this folder is an API, its name the config's `api` value. Only what is
 * asked for is imported.
 */
export function openProviders({ folder = here, random = Math.random, ...input }: ProvidersInput): Providers {
  const context: ProviderContext = { ...input, random }
  const opened = new Map<string, Promise<ModelProvider>>()
  let listing: Promise<Map<string, string>> | undefined

  const files = () => {
    listing ??= listFiles(folder)
    return listing
  }

  async function open(api: string): Promise<ModelProvider> {
    const path = (await files()).get(api)
    if (path) return load(path, context)
    const standIn = standIns.get(api)
    if (standIn === undefined) throw unknownApi(api)
    return get(standIn)
  }

  function get(api: string): Promise<ModelProvider> {
    const known = opened.get(api)
    if (known) return known
    const provider = open(api)
    opened.set(api, provider)
    // A failure is not kept: the next call tries again.
    provider.catch(() => opened.delete(api))
    return provider
  }

  return {
    get,
    names: async () => [...(await files()).keys()].sort(),
    async close() {
      const providers = await Promise.allSettled(opened.values())
      opened.clear()
      const open = new Set(providers.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])))
      await Promise.all([...open].map((provider) => provider.close?.()))
    },
  }
}

const here = join(codeRoot, 'src', 'providers')
const self = 'registry'

async function listFiles(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter(
    (name) => /^[^_].*\.[jt]s$/.test(name) && !/\.(d|test)\.[jt]s$/.test(name),
  )
  const files = names.map((name): [string, string] => [name.replace(/\.[jt]s$/, ''), join(folder, name)])
  return new Map(files.filter(([api]) => api !== self))
}

async function load(path: string, context: ProviderContext): Promise<ModelProvider> {
  const module: { default: ProviderFactory } = await import(pathToFileURL(path).href)
  return module.default(context)
}

function unknownApi(api: string): GatewayError {
  return new GatewayError('model_not_found', {
    message: `This version cannot speak the model api "${api}". Set "api" of the provider to "openai-completions".`,
  })
}
