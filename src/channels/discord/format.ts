import { marked, type Tokens } from 'marked'
import { textTable } from '../_text-table.js'

/** Markdown as models write it in that of Discord, which has no tables and no headings below the third. */
export function discordMarkdown(markdown: string): string {
  if (!/^ {0,3}(?:#{4,} |\|?[ :|]*-{2,}[-: |]*$)/m.test(markdown)) return markdown
  return marked
    .lexer(markdown, { gfm: true })
    .map((token) => {
      const end = /\n*$/.exec(token.raw)?.[0] ?? ''
      if (token.type === 'table') return `\`\`\`\n${textTable(token as Tokens.Table)}\n\`\`\`${end}`
      const { type, depth, text } = token as Tokens.Heading
      return type === 'heading' && depth > 3 ? `**${text}**${end}` : token.raw
    })
    .join('')
}
