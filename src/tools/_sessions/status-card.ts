import type { SessionStatus } from '../_gateway/sessions.js'

/** What a person would want to know of a session, in a few lines. */
export function statusCard(status: SessionStatus, now: number, timeZone: string | undefined): string {
  const { key, agent, model, modelOverride, input, output, costUsd, turns, label } = status
  const cost = costUsd === undefined ? '' : `, ${costUsd.toFixed(4)} USD`
  return [
    `Time: ${timeText(now, timeZone)}`,
    `Session: ${key}${label === undefined ? '' : ` "${label}"`} of agent ${agent}`,
    `Model: ${model}${modelOverride === undefined ? '' : ' (set for this session)'}`,
    `Context: ${contextText(status)}`,
    `Spent: ${input} tokens in, ${output} out${cost}`,
    `Turns: ${turns > 0 ? `${turns} running or waiting` : (status.status ?? 'none yet')}`,
  ].join('\n')
}

function contextText({ contextUsed, contextWindow }: SessionStatus): string {
  if (contextUsed === undefined) return 'empty'
  if (contextWindow === undefined) return `${contextUsed} tokens`
  return `${contextUsed} of ${contextWindow} tokens (${Math.round((contextUsed / contextWindow) * 100)}%)`
}

/** `Sunday 2026-11-29 19:05 (Europe/Berlin)`; a zone that nobody knows is UTC. */
function timeText(now: number, timeZone: string | undefined): string {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    return `${inZone(now, zone)} (${zone})`
  } catch {
    return `${inZone(now, 'UTC')} (UTC)`
  }
}

function inZone(now: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return `${parts.weekday} ${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`
}
