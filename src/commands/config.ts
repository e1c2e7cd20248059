import { redactConfig } from '../config/redact.js'
import type { ChatCommand } from './_types.js'

const longest = 4_000

export default {
  summary: 'The config, without its secrets',
  args: '[key.path]',
  access: 'owner',
  flag: 'config',
  async run({ args, services }) {
    let value: unknown = await redactConfig(services.config())
    for (const part of args
      .replace(/^(?:show|get)\s*/i, '')
      .split('.')
      .filter(Boolean)) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined
    }
    if (value === undefined) return `The config does not set ${args.slice(0, 100)}.`
    const text = JSON.stringify(value, null, 2)
    return `\`\`\`json\n${text.length > longest ? `${text.slice(0, longest)}\n... (cut)` : text}\n\`\`\``
  },
} satisfies ChatCommand
