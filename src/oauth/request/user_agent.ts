/**
 * Names this module to Cloudflare in front of HighLevel, which refuses clients without a proper one. Browsers send their own.
 */
export const USER_AGENT = "highlevel-reconnect (+https://jsr.io/@reconnect/highlevel)";
