import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../src/config/load.js'
import type { ConfigSource, InvalidConfig, LoadedConfig, ValidConfig } from '../../src/config/types.js'

type Files = Readonly<Record<string, string>>

interface Test {
  testdir(): string
}

/** Writes files into the test's own folder; the config is `openclaw.json`. */
export async function sourceOf(t: Test, files: Files | string, env: ConfigSource['env'] = {}): Promise<ConfigSource> {
  const folder = t.testdir()
  for (const [name, text] of Object.entries(typeof files === 'string' ? { 'openclaw.json': files } : files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return { path: join(folder, 'openclaw.json'), env, includeRoots: [] }
}

export async function load(t: Test, files: Files | string, env: ConfigSource['env'] = {}): Promise<LoadedConfig> {
  return loadConfig(await sourceOf(t, files, env))
}

export function valid(loaded: LoadedConfig): ValidConfig {
  if (loaded.ok) return loaded
  throw new Error(`expected a valid config: ${JSON.stringify(loaded.issues, null, 2)}`)
}

export function invalid(loaded: LoadedConfig): InvalidConfig {
  if (!loaded.ok) return loaded
  throw new Error('expected an invalid config')
}
