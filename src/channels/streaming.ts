import type { Account, Capabilities, Growth } from './port.js'

/** How the answers of an account grow in its chats, as its `streaming` says. */
export function growthOf({ keys }: Account, { editMs, growth = 'off' }: Capabilities): Growth {
  if (editMs === undefined) return 'off'
  const { streaming } = keys as { readonly streaming?: Growth | { readonly mode?: Growth } }
  return (typeof streaming === 'object' ? streaming.mode : streaming) ?? growth
}
