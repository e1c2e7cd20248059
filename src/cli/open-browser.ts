import { spawn } from 'node:child_process'
import type { Env } from '../instance/types.js'

/** What opens an address on each system; it gets the address as one argument, no shell reads it. */
const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  linux: ['xdg-open'],
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/**
 * Opens an address in the browser of the user's screen. False when there is no screen, over ssh for example, or nothing
 * to open it with. The browser outlives the command.
 */
export async function openBrowser(
  url: string,
  env: Env,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const [program, ...args] = openers[platform] ?? []
  const screen = platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
  if (program === undefined || !screen || env.SSH_CONNECTION) return false
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], {
      env: { ...env },
      stdio: 'ignore',
      detached: true,
      windowsHide: true,
    })
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
    child.once('error', () => resolve(false))
  })
}
