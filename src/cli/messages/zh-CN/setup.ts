/** `openclaw setup` 的文本。 */
export const setup = {
  'setup.summary': '写入配置、工作区和令牌，使网关可以启动。',
  'setup.description':
    '可以重复运行：已有的内容保持不变。在终端上且尚无配置时，或给出 onboard 的选项时会提问；否则不提问。',
  'setup.option.workspace': '智能体工作的目录。',
  'setup.option.port': '该档案的基础端口；各档案请相差 120。',
  'setup.option.bind': '网关监听的位置。',
  'setup.option.auth': '调用方如何证明身份。',
  'setup.option.token': '使用此令牌，而不是自动生成。',
  'setup.option.password': '使用此密码，而不是令牌。',
  'setup.option.mode': 'local：在本机运行网关。remote：使用另一个网关。',
  'setup.option.remoteUrl': '远程网关的地址，例如 wss://gateway.example.com。',
  'setup.option.remoteToken': '远程网关的令牌。',
  'setup.option.remotePassword': '远程网关的密码。',
  'setup.option.embedded': '使用内置模型，并开放 OpenAI 兼容接口。',
  'setup.option.baseline': '只写配置和工作区：不写端口和令牌。',

  'setup.option.suppressToken': '不显示生成的令牌；它在配置里。',
  'setup.option.compatible': '为官方 setup 的脚本保留。',
  'setup.example.embedded': '试用：无需密钥和网络',
  'setup.remoteNeedsMode': '--remote 开头的选项需要 --mode remote。',
  'setup.done': '档案已就绪。',
  'setup.nothing': '档案此前已就绪；没有改动。',
  'setup.newToken': '网关令牌（只显示一次）：{token}',
  'setup.tokenKept': '它保存在 {path}，只有你能读取。',
  'setup.overlap': '该端口与档案“{profile}”的 {port} 只相差 {distance}；它们的浏览器端口会重叠。{suggestion} 则不会。',
  'setup.next': '下一步：{command}',
} as const
