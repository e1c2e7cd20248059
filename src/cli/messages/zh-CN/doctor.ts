/** `openclaw doctor` 的文字。 */
export const doctor = {
  'doctor.summary': '检查此 profile 的问题，并修复可以修复的部分。',
  'doctor.description': '没有 --fix 时只读取。只查看此 profile，绝不更改其他 profile。仍有错误时退出码为 1。',
  'doctor.option.fix': '修复可以修复的部分，并显示每一步。',
  'doctor.option.dryRun': '显示 --fix 会做什么。',
  'doctor.option.deep': '也运行耗时较长的检查。',
  'doctor.option.nonInteractive': '不询问；总是如此。',
  'doctor.wouldFix': '可以修复：{summary}',
  'doctor.fixed': '已修复：{summary}',
  'doctor.notFixed': '未能修复：{summary}：{error}',
} as const
