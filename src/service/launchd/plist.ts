import type { ServiceSpec } from '../types.js'
import { xmlText } from '../xml.js'

/** launchd has no limit for how often it tries, only for how soon. */
const throttleSeconds = 30
/** launchd's own default; ssh needs no longer pause. */
const shortThrottleSeconds = 10
/** 077: what the gateway writes is its user's alone. */
const umask = 0o077
/** The default of 256 is too few for many sockets. */
const openFiles = 8192

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value }

/**
 * The text of the launch agent (launchd.plist(5)). Pure. launchd knows no exit code that means "do not try again", so
 * `--supervised launchd` ends a refused start with 0, and only a failure is restarted (PAINS.md 15).
 */
export function renderPlist(spec: ServiceSpec): string {
  const job = {
    Label: spec.names.launchd,
    Comment: `${spec.names.description}. Made by "openclaw ${spec.madeBy}". ${spec.owner}`,
    ProgramArguments: [spec.program, ...spec.args],
    EnvironmentVariables: spec.env,
    WorkingDirectory: spec.workingDirectory,
    RunAtLoad: true,
    KeepAlive: spec.keep === 'always' ? true : { SuccessfulExit: false },
    ThrottleInterval: spec.keep === 'always' ? shortThrottleSeconds : throttleSeconds,
    ExitTimeOut: spec.stopSeconds,
    ProcessType: 'Interactive',
    Umask: umask,
    SoftResourceLimits: { NumberOfFiles: openFiles },
    StandardOutPath: spec.outputFile,
    StandardErrorPath: spec.outputFile,
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    ...linesOf(job, ''),
    '</plist>',
    '',
  ].join('\n')
}

function linesOf(value: Value, indent: string): string[] {
  const inner = `${indent}  `
  if (typeof value === 'boolean') return [`${indent}<${value}/>`]
  if (typeof value === 'number') return [`${indent}<integer>${value}</integer>`]
  if (typeof value === 'string') return [`${indent}<string>${xmlText(value)}</string>`]
  if (isList(value)) {
    return [`${indent}<array>`, ...value.flatMap((one) => linesOf(one, inner)), `${indent}</array>`]
  }
  const entries = Object.entries(value).flatMap(([key, one]) => [
    `${inner}<key>${xmlText(key)}</key>`,
    ...linesOf(one, inner),
  ])
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`]
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
