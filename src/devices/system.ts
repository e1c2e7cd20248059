import { metadata } from './payload.js'

export type System = 'ios' | 'android' | 'macos' | 'windows' | 'linux' | 'unknown'

/** The system that a client names, in whatever words: `darwin`, `macOS 26.1`, `iPhone`, `win32`. */
export function systemOf(...names: readonly (string | undefined)[]): System {
  const text = names.map(metadata).join(' ')
  if (/\b(?:ios|ipados|iphone|ipad)/.test(text)) return 'ios'
  if (/\bandroid/.test(text)) return 'android'
  if (/\b(?:darwin|mac)/.test(text)) return 'macos'
  if (/\bwin(?:dows|32|64)?\b/.test(text)) return 'windows'
  return /\blinux/.test(text) ? 'linux' : 'unknown'
}
