import t from 'tap'
import { type AddressClass, classify } from '../../src/egress/address.js'

const table: Readonly<Record<AddressClass, string>> = {
  public:
    '8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.167.0.1 223.255.255.255 2606:4700::1111 2001:4860:4860::8888 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808',
  loopback:
    '127.0.0.1 127.255.255.254 ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::7f00:1 2a00::5efe:7f00:1',
  private:
    '10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 100.64.0.1 100.127.255.255 fc00::1 fdff::1 fec0::1 ::ffff:10.0.0.1 64:ff9b::a00:1 2a00::200:5efe:c0a8:1',
  'link-local': '169.254.0.1 169.254.169.254 169.254.170.2 fe80::1 fe80::1%eth0 febf::1 ::ffff:169.254.169.254 ::1%lo',
  metadata: '100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 ::ffff:100.100.100.200 64:ff9b::6464:64c8',
  benchmark: '198.18.0.1 198.19.255.255 ::ffff:198.18.0.1',
  multicast: '224.0.0.1 239.255.255.255 ff02::1 ff0e::1',
  unspecified: '0.0.0.0 0.1.2.3 ::',
  reserved:
    '192.0.0.1 192.0.2.1 192.88.99.1 198.51.100.1 203.0.113.1 240.0.0.1 255.255.255.255 192.52.193.1 100::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1 64:ff9b:1::7f00:1 4000::1 200::1 ::ffff:0:127.0.0.1 127.1 0x7f.0.0.1 0177.0.0.1 2130706433 localhost 1.2.3 1.2.3.4.5 01.2.3.4 [::1] 127.0.0.1:80',
}

t.test('what addresses are', async (t) => {
  for (const [expected, addresses] of Object.entries(table)) {
    for (const address of addresses.split(' ')) t.equal(classify(address), expected, address)
  }
  t.equal(classify(''), 'reserved')
  t.equal(classify(' 127.0.0.1'), 'reserved')
})
