import type { Env } from '../../instance/types.js'
import { findProgram } from '../find-program.js'

/** Where installers put it; services often run with a short PATH. */
const knownPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/snap/bin', '/run/current-system/sw/bin', '/opt/bin'],
  darwin: ['/usr/local/bin', '/opt/homebrew/bin'],
  win32: ['C:\\Program Files\\Tailscale'],
}
const macApp = '/Applications/Tailscale.app/Contents/MacOS/Tailscale'

/** The path of the `tailscale` program: from PATH (absolute folders only), then from known places. */
export function findTailscale(env: Env, platform: NodeJS.Platform = process.platform): Promise<string | undefined> {
  const name = platform === 'win32' ? 'tailscale.exe' : 'tailscale'
  return findProgram(name, env, knownPlaces[platform] ?? [], platform === 'darwin' ? [macApp] : [])
}
