import { statfs } from 'node:fs/promises'
import { arch, cpus, freemem, hostname, loadavg, platform, release, totalmem, type } from 'node:os'
import type { Instance } from '../instance/types.js'

export interface MachineFacts {
  readonly machineName: string
  readonly hostname: string
  readonly platform: string
  readonly release: string
  readonly arch: string
  readonly osLabel: string
  readonly lanAddress?: string
  readonly nodeVersion: string
  readonly pid: number
  readonly processInstanceId: string
  readonly cpuCount: number
  readonly cpuModel?: string
  readonly loadAverage: readonly [number, number, number]
  readonly memoryTotalBytes: number
  readonly memoryFreeBytes: number
  readonly diskTotalBytes?: number
  readonly diskAvailableBytes?: number
  readonly diskPath?: string
}

/** The machine under the gateway, and the disk that holds its state. */
export async function machineFacts({ id, paths }: Instance, addresses: readonly string[]): Promise<MachineFacts> {
  const processors = cpus()
  const lanAddress = addresses.find((address) => /^\d+\./.test(address) && !address.startsWith('127.'))
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  // Some file systems do not tell.
  const disk = await statfs(paths.state).catch(() => undefined)
  return {
    machineName: hostname().replace(/\..*$/, ''),
    hostname: hostname(),
    platform: platform(),
    release: release(),
    arch: arch(),
    osLabel: `${type()} ${release()}`,
    ...(lanAddress !== undefined && { lanAddress }),
    nodeVersion: process.version,
    pid: process.pid,
    processInstanceId: id,
    cpuCount: processors.length,
    ...(processors[0]?.model && { cpuModel: processors[0].model.trim() }),
    loadAverage: [one, five, fifteen],
    memoryTotalBytes: totalmem(),
    memoryFreeBytes: freemem(),
    ...(disk && {
      diskTotalBytes: disk.blocks * disk.bsize,
      diskAvailableBytes: disk.bavail * disk.bsize,
      diskPath: paths.state,
    }),
  }
}

/** The gateway's own row among those who are there. */
export function selfFacts({ id, version }: Instance): {
  host: string
  version: string
  platform: string
  instanceId: string
  text: string
} {
  const host = hostname()
  return { host, version, platform: platform(), instanceId: id, text: `Gateway: ${host} · openclaw ${version}` }
}
