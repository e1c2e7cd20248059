import { valueChoices, valueFlags } from './bash.js'
import type { CompletionNode } from './words.js'

/** Completion for PowerShell 5 and later. */
export function powershellCompletion(nodes: readonly CompletionNode[]): string {
  const table = (pick: (node: CompletionNode) => readonly string[]) =>
    nodes.map((node) => `  ${quote(node.path)} = @(${pick(node).map(quote).join(', ')})`).join('\n')
  const values = [...valueChoices(nodes)].map(([flag, list]) => `  ${quote(flag)} = @(${list.map(quote).join(', ')})`)
  return `# PowerShell completion for openclaw; made by "openclaw completion --shell powershell"
$openclawWords = @{
${table(({ words }) => words.map(({ word }) => word))}
}
$openclawOptions = @{
${table(({ options }) => options.map(({ flag }) => flag))}
}
$openclawValues = @{
${values.join('\n')}
}
$openclawValueFlags = @(${valueFlags(nodes).map(quote).join(', ')})
Register-ArgumentCompleter -Native -CommandName openclaw -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $path = ''
  $pending = ''
  $given = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  foreach ($word in $given) {
    if ($pending) { $pending = ''; continue }
    if ($openclawValueFlags -contains $word) { $pending = $word; continue }
    if ($word.StartsWith('-')) { continue }
    if ($openclawWords[$path] -contains $word) { $path = ("$path $word").Trim() }
  }
  $candidates = if ($pending) { $openclawValues[$pending] } elseif ($wordToComplete.StartsWith('-')) { $openclawOptions[$path] } else { $openclawWords[$path] }
  $candidates | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
