import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Env } from '../../instance/types.js'

/** Where installers put it; services often run with a short PATH. */
const knownPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/snap/bin', '/run/current-system/sw/bin', '/opt/bin'],
  darwin: ['/usr/local/bin', '/opt/homebrew/bin'],
  win32: ['C:\\Program Files\\Tailscale'],
}
const macApp = '/Applications/Tailscale.app/Contents/MacOS/Tailscale'

/** The path of the `tailscale` program: from PATH (absolute folders only), then from known places. */
export async function findTailscale(
  env: Env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const name = platform === 'win32' ? 'tailscale.exe' : 'tailscale'
  const listed = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute)
  const places = [...listed, ...(knownPlaces[platform] ?? [])].map((folder) => join(folder, name))
  for (const path of platform === 'darwin' ? [...places, macApp] : places) if (await isProgram(path)) return path
  return undefined
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
