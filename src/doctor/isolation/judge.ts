import { sep } from 'node:path'
import type { Finding, Owned, OwnedKind, ProfileOwnership } from './types.js'

/** Folders, one of which may stand inside another one: that is no separation. */
const folders: readonly OwnedKind[] = ['state', 'workspace']

/** Everything that two of the profiles have in common. Pure; the order of the profiles does not matter. */
export function judge(profiles: readonly ProfileOwnership[]): Finding[] {
  const findings: Finding[] = []
  for (const [index, a] of profiles.entries()) {
    for (const b of profiles.slice(index + 1)) findings.push(...shared(a, b), ...overlap(a, b))
    findings.push(...a.owned.filter(({ kind }) => kind === 'process-environment').map((one) => foreign(a, one)))
  }
  return findings
}

function shared(a: ProfileOwnership, b: ProfileOwnership): Finding[] {
  return a.owned.flatMap((mine) => {
    if (mine.kind === 'process-environment') return []
    const theirs = b.owned.find((other) => collides(mine, other))
    if (!theirs) return []
    const { kind, shown } = mine
    const fix = [`${a.profile}: ${mine.fix}`, `${b.profile}: ${theirs.fix}`]
    return [{ severity: 'violation', kind, profiles: [a.profile, b.profile], shown, fix }]
  })
}

/** Ports collide whatever they are for. */
const ports: readonly OwnedKind[] = ['port', 'control-port', 'webhook-port', 'cdp']

function collides(a: Owned, b: Owned): boolean {
  if (ports.includes(a.kind) && ports.includes(b.kind)) return a.value === b.value
  if (a.kind !== b.kind) return false
  if (a.value === b.value) return true
  return folders.includes(a.kind) && (inside(a.value, b.value) || inside(b.value, a.value))
}

/** `~/.openclaw/workspace-x` stands in the state directory of the default profile on purpose, so kinds are apart. */
const inside = (inner: string, outer: string) => inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)

function overlap(a: ProfileOwnership, b: ProfileOwnership): Finding[] {
  const [first, last] = [Math.max(a.cdpRange[0], b.cdpRange[0]), Math.min(a.cdpRange[1], b.cdpRange[1])]
  if (first > last) return []
  const fix = [a, b].map(({ profile }) => `${profile}: gateway.port`)
  return [{ severity: 'warning', kind: 'cdp', profiles: [a.profile, b.profile], shown: `${first}-${last}`, fix }]
}

function foreign({ profile }: ProfileOwnership, { kind, shown, fix }: Owned): Finding {
  return { severity: 'violation', kind, profiles: [profile], shown, fix: [`${profile}: ${fix}`] }
}
