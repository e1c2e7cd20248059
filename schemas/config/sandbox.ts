import { SecretText } from '../primitives.js'
import { Type } from '../type.js'
import { choice, either, flag, int, json, list, mapOf, number, port, secret, section, text, texts } from './words.js'

const docker = section('Containers in which tools run.', {
  image: text('Image.', { default: 'openclaw-sandbox:bookworm-slim' }),
  containerPrefix: text('Prefix of container names.', { default: 'openclaw-sbx-' }),
  workdir: text('Working directory inside.', { default: '/workspace' }),
  readOnlyRoot: flag('Mount the root file system read-only.', true),
  tmpfs: texts('Memory file systems.'),
  network: text('Docker network; none by default, host is refused.', { default: 'none' }),
  user: text('uid:gid inside.'),
  capDrop: texts('Dropped capabilities; ALL by default.'),
  env: mapOf('Environment inside.', SecretText()),
  setupCommand: either('Run once after the container is made.', [Type.String(), Type.Array(Type.String())]),
  pidsLimit: int('Most processes.'),
  memory: either('Memory limit, e.g. 1g or bytes.', [Type.String(), Type.Number()]),
  memorySwap: either('Memory plus swap limit.', [Type.String(), Type.Number()]),
  cpus: number('CPU limit.'),
  gpus: text('GPU request, e.g. all.'),
  ulimits: json('Ulimits by name.'),
  seccompProfile: text('Seccomp profile file.'),
  apparmorProfile: text('AppArmor profile name.'),
  dns: texts('DNS servers.'),
  extraHosts: texts('Additional host entries, name:address.'),
  binds: list('Bind mounts, source:target[:ro|rw]; the source is absolute.', Type.String()),
  dangerouslyAllowReservedContainerTargets: flag('Allow mounts over /workspace and /agent.', false),
  dangerouslyAllowExternalBindSources: flag('Allow sources outside the workspace roots.', false),
  dangerouslyAllowContainerNamespaceJoin: flag('Allow network container:<id>.', false),
})

const browser = section('Browser inside the sandbox.', {
  enabled: flag('Run one.', false),
  image: text('Image.', { default: 'openclaw-sandbox-browser:bookworm-slim' }),
  containerPrefix: text('Prefix of container names.'),
  network: text('Docker network.', { default: 'openclaw-sandbox-browser' }),
  cdpPort: port('CDP port inside.', { default: 9222 }),
  vncPort: port('VNC port inside.', { default: 5900 }),
  noVncPort: port('noVNC port inside.', { default: 6080 }),
  headless: flag('Run without a display.', false),
  enableNoVnc: flag('Offer noVNC.'),
  autoStart: flag('Start it when it is first used.', true),
  autoStartTimeoutMs: int('Longest start in milliseconds.'),
  allowHostControl: flag('Let sandboxed sessions use the host browser.', false),
  binds: texts('Bind mounts of the browser container.'),
})

/** `agents.defaults.sandbox` and `agents.entries.<id>.sandbox` (spec/config.md section 12.3). */
export const sandbox = section('Where tools run.', {
  mode: choice(
    'off: on the host. non-main: all but the main session inside, and that too for senders who are no owners. all: every session inside.',
    ['off', 'non-main', 'all'],
    'off',
  ),
  backend: choice(
    'What runs the sandbox. auto: docker when its daemon answers, else bubblewrap; never the host.',
    ['auto', 'docker', 'podman', 'bubblewrap', 'ssh', 'openshell'],
    'auto',
  ),
  scope: choice('What shares one container.', ['session', 'agent', 'shared'], 'agent'),
  workspaceAccess: choice('How the workspace is seen inside.', ['none', 'ro', 'rw'], 'none'),
  workspaceRoot: text('Folder for sandbox workspaces.'),
  sessionToolsVisibility: choice(
    'spawned: session tools see what the session started. all: what tools.sessions.visibility says.',
    ['spawned', 'all'],
    'spawned',
  ),
  docker,
  ssh: section('SSH backend.', {
    target: text('user@host[:port].'),
    command: text('SSH program.'),
    workspaceRoot: text('Folder on the remote host.'),
    strictHostKeyChecking: flag('Refuse unknown host keys.', true),
    updateHostKeys: flag('Learn new host keys.'),
    identityFile: text('Private key file.'),
    certificateFile: text('Certificate file.'),
    knownHostsFile: text('Known hosts file.'),
    identityData: secret('Private key.'),
    certificateData: secret('Certificate.'),
    knownHostsData: secret('Known hosts.'),
  }),
  browser,
  prune: section('Removal of unused containers.', {
    idleHours: number('Unused for so many hours.', { default: 24 }),
    maxAgeDays: number('Older than so many days.', { default: 7 }),
  }),
})
