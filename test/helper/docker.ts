import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { testFolder } from './folder.js'

/** Stands in for the command line of Docker: there is no daemon on the machines that run these tests. */
export interface DockerStandIn {
  /** For PATH, before the system's folders. */
  readonly path: string
  /** Every call so far, as its arguments. */
  calls(): string[][]
  /** What the file of `--env-file` held. */
  envFile(): string
  /** `down`: the daemon does not answer. `no-image`: the image is missing. `no-create`: creating fails. */
  set(state: 'down' | 'no-image' | 'no-create'): void
}

/**
 * Records its arguments, keeps a file per container, and runs the command of `exec` on this machine: what is tested is
 * what we tell Docker, not Docker.
 */
const script = `#!/bin/sh
dir=\${0%/*}
for a in "$@"; do printf '%s\\037' "$a"; done >>"$dir/log"; printf '\\036' >>"$dir/log"
last() { for a in "$@"; do :; done; printf %s "$a"; }
case $1 in
  version) [ -e "$dir/down" ] && { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }; echo 28.0.0 ;;
  image) [ -e "$dir/no-image" ] && exit 1; echo sha256:x ;;
  create)
    [ -e "$dir/no-create" ] && { echo 'no space left on device' >&2; exit 125; }
    while [ $# -gt 0 ]; do
      [ "$1" = --name ] && touch "$dir/container-$2"
      [ "$1" = --env-file ] && cat "$2" >"$dir/env-seen"
      shift
    done ;;
  inspect) [ -e "$dir/container-$(last "$@")" ] || exit 1; echo true ;;
  rm) rm -f "$dir/container-$(last "$@")" ;;
  exec)
    shift
    while :; do case $1 in -i) shift ;; -w | --env) shift 2 ;; *) break ;; esac; done
    shift
    exec "$@" ;;
esac
`

export function dockerStandIn(t: Test, name = 'docker'): DockerStandIn {
  const folder = join(testFolder(t), 'bin')
  mkdirSync(folder)
  writeFileSync(join(folder, name), script)
  chmodSync(join(folder, name), 0o755)
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '')
  return {
    path: `${folder}:/usr/bin:/bin`,
    calls: () =>
      read('log')
        .split('\x1e')
        .slice(0, -1)
        .map((call) => call.split('\x1f').slice(0, -1)),
    envFile: () => read('env-seen'),
    set: (state) => writeFileSync(join(folder, state), ''),
  }
}
