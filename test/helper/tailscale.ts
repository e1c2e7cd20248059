import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { testFolder } from './folder.js'

export const alice = { ip: '100.101.102.103', login: 'alice@example.com' }

/** A program that plays `tailscale`, in a folder of its own. */
export interface FakeTailscale {
  /** For PATH. */
  readonly folder: string
  /** The arguments of each call so far, one line for each. */
  calls(): string[]
}

/** What a script says for `whois --json <ip>`; text is printed as it is. */
export type Says = object | string

const notFound = 'echo "peer not found" >&2; exit 1'

/**
 * A real executable that answers `tailscale whois --json <ip>` by address, and fails like the real one for all others.
 * `script` replaces what it does after it noted its arguments.
 */
export function fakeTailscale(
  t: Pick<Test, 'teardown'>,
  { answers = { [alice.ip]: whoisOf(alice) }, script }: { answers?: Record<string, Says>; script?: string } = {},
): FakeTailscale {
  const folder = testFolder(t)
  const log = join(folder, 'calls.log')
  mkdirSync(join(folder, 'answers'))
  for (const [ip, says] of Object.entries(answers)) {
    writeFileSync(join(folder, 'answers', ip), typeof says === 'string' ? says : JSON.stringify(says, null, 2))
  }
  const answer = `if [ "$#" = 3 ] && [ "$1 $2" = "whois --json" ] && [ -f "${folder}/answers/$3" ]; then cat "${folder}/answers/$3"; else ${notFound}; fi`
  writeFileSync(join(folder, 'tailscale'), `#!/bin/sh\necho "$*" >> "${log}"\n${script ?? answer}\n`, { mode: 0o755 })
  return { folder, calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []) }
}

/** What `tailscale whois --json` prints (tailscale 1.90, shortened). */
export function whoisOf({ ip, login, tags }: { ip: string; login: string; tags?: readonly string[] }): object {
  return {
    Node: {
      ID: 4_231_823_487_623_123,
      StableID: 'nWxyz7CNTRL',
      Name: 'laptop.tail1234.ts.net.',
      User: 5_712_345_678_901_234,
      ...(tags && { Tags: tags }),
      Addresses: [`${ip}/32`, 'fd7a:115c:a1e0::1234:5678/128'],
      AllowedIPs: [`${ip}/32`, 'fd7a:115c:a1e0::1234:5678/128'],
      Hostinfo: { OS: 'linux', Hostname: 'laptop', Services: [{ Proto: 'peerapi4', Port: 41_234 }] },
      Created: '2025-02-03T09:21:14.123456789Z',
      MachineAuthorized: true,
      ComputedName: 'laptop',
      ComputedNameWithHost: 'laptop',
    },
    UserProfile: {
      ID: 5_712_345_678_901_234,
      LoginName: login,
      DisplayName: 'Alice Krūmiņa',
      ProfilePicURL: 'https://example.com/a.png',
    },
    CapMap: { 'https://tailscale.com/cap/is-owner': null },
  }
}

/** The headers of an upgrade as Tailscale Serve forwards it (tailscale/ipn/ipnlocal/serve.go). */
export function serveHeaders({ ip, login }: { ip: string; login: string } = alice): Record<string, string> {
  return {
    Host: 'box.tail1234.ts.net',
    'X-Forwarded-For': ip,
    'X-Forwarded-Host': 'box.tail1234.ts.net',
    'X-Forwarded-Proto': 'https',
    'Tailscale-Headers-Info': 'https://tailscale.com/s/serve-headers',
    'Tailscale-User-Login': login,
    'Tailscale-User-Name': '=?utf-8?q?Alice_Kr=C5=ABmi=C5=86a?=',
    'Tailscale-User-Profile-Pic': 'https://example.com/a.png',
  }
}
