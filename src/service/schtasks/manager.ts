import { join } from 'node:path'
import { readDefinition } from '../definition-file.js'
import { mustRun, type Run } from '../run.js'
import type { ServiceManager, ServiceState } from '../types.js'
import { renderEnvFile, renderTask } from './task-xml.js'

export interface SchtasksInput {
  readonly run: Run
  /** Name of the task. */
  readonly name: string
  /** Folder of the definition: `<state>\service`. */
  readonly folder: string
  /** Waits between two looks. */
  readonly pause: () => Promise<void>
}

const maxLooks = 100
/** Result codes of the Task Scheduler (winerror.h): the task runs; it has not run yet. */
const runningResult = 0x41301
const neverRanResult = 0x41303

/** Tasks that start when their user logs on (schtasks.exe). */
export function schtasksManager({ run, name, folder, pause }: SchtasksInput): ServiceManager {
  const file = join(folder, 'task.xml')
  const envFile = join(folder, 'gateway.env')
  const must = (...args: string[]) => mustRun(run, 'schtasks', args)
  const query = () => run('schtasks', ['/Query', '/TN', name, '/FO', 'LIST', '/V'])
  const state = async () => {
    const { code, stdout } = await query()
    return code === 0 ? readState(stdout) : { ...absent }
  }
  const stop = async () => {
    if ((await state()).active !== 'running') return
    await must('/End', '/TN', name)
    for (let look = 0; look < maxLooks && (await state()).active === 'running'; look++) await pause()
  }
  return {
    kind: 'schtasks',
    title: 'Scheduled Task',
    name,
    logs: () => `schtasks /Query /TN ${JSON.stringify(name)} /V /FO LIST`,
    paths: [file, envFile],
    files: (spec) => [
      { path: file, text: renderTask(spec), encoding: 'utf16le' },
      { path: envFile, text: renderEnvFile(spec.env) },
    ],
    async installed() {
      const { code, stdout } = await run('schtasks', ['/Query', '/TN', name, '/XML'])
      // Windows writes the definition in its own way; ours is the one to compare with, as long as the task is there.
      return code === 0 ? ((await readDefinition(file)) ?? stdout) : undefined
    },
    state,
    async register() {
      await must('/Create', '/TN', name, '/XML', file, '/F')
    },
    async unregister() {
      if (!(await state()).loaded) return
      await stop()
      await must('/Delete', '/TN', name, '/F')
    },
    forgotten: async () => {},
    async start() {
      await must('/Run', '/TN', name)
    },
    stop,
    async restart() {
      await stop()
      await must('/Run', '/TN', name)
    },
    endsWithSession: async () => true,
  }
}

const absent: ServiceState = {
  loaded: false,
  enabled: undefined,
  active: 'stopped',
  pid: undefined,
  lastExit: undefined,
}

/** The words of schtasks are in the language of Windows; numbers are not, so the last result decides. */
export function readState(text: string): ServiceState {
  const results = [...text.matchAll(/:\s*(-?\d{1,10})\s*$/gm)].map(([, digits]) => Number(digits))
  const english = /^Status:\s*(\w+)/m.exec(text)?.[1]
  const running = english === 'Running' || results.includes(runningResult)
  const never = results.includes(neverRanResult)
  const last = /^Last Result:\s*(-?\d+)/m.exec(text)?.[1]
  return {
    loaded: true,
    enabled: english !== 'Disabled',
    active: running ? 'running' : 'stopped',
    pid: undefined,
    lastExit: running || never || last === undefined ? undefined : Number(last),
  }
}
