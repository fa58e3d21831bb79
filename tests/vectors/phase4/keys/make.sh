#!/bin/sh
# Makes the test keys anew, in the folder where it stands. They are published on purpose: never use them for anything but tests.
# Recorded messages need the keys they were made with, so running this means recording the vectors again (interop/record.py).
set -eu
cd "$(dirname "$0")"
PASSWORD=somec-interop
DAYS=36500   # a replayed recording must not expire
export RANDFILE=/dev/null

certificate() { # NAME REQUEST-OPTIONS… : a certificate of the test CA for a key pair made here
  who=$1; shift
  openssl genpkey "$@" -out "$who.key" 2>/dev/null
  # X25519 keys cannot sign a request, so every certificate is issued for a bare public key.
  openssl pkey -in "$who.key" -pubout -out "$who.pub"
  openssl req -new -newkey rsa:2048 -nodes -keyout throwaway.key -subj "/C=EU/O=somec interop test/CN=$who" -out throwaway.csr 2>/dev/null
  openssl x509 -req -in throwaway.csr -force_pubkey "$who.pub" -CA ca.pem -CAkey ca.key -days "$DAYS" -sha256 \
    -set_serial "0x$(openssl rand -hex 8 | sed 's/^./1/')" -extfile extensions -out "$who.pem" 2>/dev/null
  openssl pkcs12 -export -inkey "$who.key" -in "$who.pem" -certfile ca.pem -name "$who" -passout "pass:$PASSWORD" -out "$who.p12"
  # Not every library reads X25519 from PKCS #12, so the same key and certificate stand in PEM too.
  case "$who" in *-x25519) cat "$who.key" "$who.pem" > "$who.key.pem" ;; esac
  rm -f "$who.key" "$who.pub" throwaway.key throwaway.csr
}

printf 'basicConstraints=critical,CA:FALSE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' > extensions
openssl req -x509 -newkey rsa:3072 -nodes -keyout ca.key -days "$DAYS" -sha256 -subj "/C=EU/O=somec interop test/CN=test CA" -out ca.pem 2>/dev/null
# "other" is certified like the two partners, but is nobody's partner.
for name in somec phase4 other; do
  certificate "$name" -algorithm RSA -pkeyopt rsa_keygen_bits:3072
done
for name in somec phase4 other; do
  certificate "$name-ed25519" -algorithm ED25519
  certificate "$name-x25519" -algorithm X25519
done
# "stranger" certifies itself.
itself() { # NAME REQUEST-OPTIONS…
  who=$1; shift
  openssl req -x509 -nodes -keyout "$who.key" -days "$DAYS" -subj "/C=EU/O=somec interop test/CN=$who" -out "$who.pem" "$@" 2>/dev/null
  openssl pkcs12 -export -inkey "$who.key" -in "$who.pem" -name "$who" -passout "pass:$PASSWORD" -out "$who.p12"
  rm -f "$who.key"
}
itself stranger -newkey rsa:3072 -sha256
itself stranger-ed25519 -newkey ed25519
rm -f ca.key extensions
chmod 644 ./*.p12 ./*.pem
