/**
 * Passwords of 15 characters and more that lead lists of leaked and guessed ones. Shorter ones are refused by their
 * length already. Put your product's and company's names here too (NIST calls them context-specific words).
 */
const WORDS = `
qwertyuiopasdfg qwertyuiop12345 qwertyuiop123456 qwertyuiop1234567890 qwertyuiop[]asdfgh qwertyuiopasdfghjkl
qwertyuiopasdfghjklzxcvbnm qwerty123456789 qwerty1234567890 1qaz2wsx3edc4rfv 1qaz2wsx3edc4rfv5tgb qazwsxedcrfvtgb
qazwsxedcrfvtgbyhnujm zaq12wsxcde34rfv 1q2w3e4r5t6y7u8 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8
asdfghjkl123456 asdfghjklzxcvbnm zxcvbnmasdfghjkl zxcvbnm123456789 mnbvcxzlkjhgfdsapoiuytrewq
123456789012345 1234567890123456 12345678901234567890 123456789123456 123456789123456789 123456789987654321
123456789abcdef 0123456789abcdef abcdefghijklmno abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abcdefgh12345678
abcd1234abcd1234 098765432109876 987654321098765 112233445566778 11223344556677889900
password1234567 password12345678 password123456789 password1234567890 passwordpassword passwordpassword1
mypassword12345 thisismypassword thisisapassword thisisnotapassword changemechangeme changeme12345678
pleasechangeme123 defaultpassword defaultpassword1 administrator123 administrator1234 adminadminadmin1
letmeinletmein1 letmein123456789 welcome123456789 welcomewelcome1 iloveyou12345678 iloveyouiloveyou iloveyouforever
iloveyousomuch1 ihatepasswords1 supersecretpassword supersecret12345 verysecretpassword topsecretpassword
correcthorsebatterystaple correct-horse-battery-staple trustno1trustno1
manchesterunited liverpoolfootballclub realmadrid12345 juventusjuventus barcelona123456 unbelievable1234
footballfootball baseballbaseball dragonballz12345 superman12345678 batmanbatman1234 starwarsstarwars
michaeljackson1 michaeljackson123 slipknotslipknot metallica123456 harrypotter12345 lordoftherings1
princessprincess sunshinesunshine jesuschristislord godisgoodallthetime ilovejesuschrist
`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([
  ...WORDS.split(/\s+/).filter(Boolean),
  'correct horse battery staple',
  'this is my password',
  'let me in please now',
]);
