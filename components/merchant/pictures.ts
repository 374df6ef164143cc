/** The drawn pictures that the shop brings along, under public/pictures. */
export const PICTURES = [
  "cloudsail-gift-card",
  "egret-drive",
  "inkwell",
  "matinee",
  "mountain-sea-music",
  "platform-coffee",
  "starriver",
  "timekeep",
].map((name) => `/pictures/${name}.svg`);
