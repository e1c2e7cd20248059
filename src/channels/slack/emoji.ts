/** Slack names reactions. Those that agents and the gateway use; others go by their name: `:name:`. */
const names: Readonly<Record<string, string>> = {
  ...{ '👀': 'eyes', '👍': '+1', '👎': '-1', '✅': 'white_check_mark', '❌': 'x', '❤': 'heart', '🎉': 'tada' },
  ...{
    '🔥': 'fire',
    '🙏': 'pray',
    '🤔': 'thinking_face',
    '😂': 'joy',
    '😀': 'grinning',
    '👏': 'clap',
    '⏳': 'hourglass_flowing_sand',
  },
  ...{ '⚠': 'warning', '🚀': 'rocket', '💯': '100', '🤖': 'robot_face', '👋': 'wave', '😢': 'cry', '😮': 'open_mouth' },
}

/** The name of a reaction; undefined when there is none that we know. */
export function emojiName(emoji: string): string | undefined {
  const plain = emoji.replaceAll('\uFE0F', '').trim()
  return names[plain] ?? /^:?([a-z0-9_+'-]+):?$/.exec(plain)?.[1]
}
