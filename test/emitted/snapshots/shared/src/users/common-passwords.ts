/**
 * Passwords of 15 characters and more that lead lists of leaked and guessed ones. Shorter ones are refused by their
 * length already. Put your product's and company's names here too (NIST calls them context-specific words).
 */
const WORDS = `qwertyuiopasdfg qwertyuiop12345 qwertyuiop123456 qwertyuiop1234567890 qwertyuiopasdfghjkl
qwertyuiopasdfghjklzxcvbnm qwerty123456789 qwerty1234567890 1qaz2wsx3edc4rfv 1qaz2wsx3edc4rfv5tgb qazwsxedcrfvtgb
qazwsxedcrfvtgbyhnujm zaq12wsxcde34rfv 1q2w3e4r5t6y7u8 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8
asdfghjkl123456 asdfghjklzxcvbnm zxcvbnmasdfghjkl zxcvbnm123456789 123456789012345 1234567890123456 123456789123456
12345678901234567890 123456789123456789 123456789987654321 123456789abcdef 0123456789abcdef abcdefghijklmno
abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abcdefgh12345678 098765432109876 987654321098765 112233445566778
password1234567 password12345678 password123456789 password1234567890 passwordpassword passwordpassword1
thisismypassword thisisapassword thisisnotapassword changemechangeme changeme12345678 administrator123 letmein123456789
welcome123456789 iloveyou12345678 iloveyouiloveyou iloveyouforever supersecretpassword correcthorsebatterystaple
correct-horse-battery-staple manchesterunited liverpoolfootballclub footballfootball baseballbaseball jesuschristislord`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([...WORDS.split(/\s/), 'correct horse battery staple']);
