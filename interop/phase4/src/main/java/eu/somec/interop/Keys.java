package eu.somec.interop;

import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Key material from files: one key pair in PKCS #12, trusted certificates in PEM. Nothing is written anywhere. */
final class Keys {
  private Keys() {}

  /** The private key in {@code pfx} (its first key entry), together with the certificates that its owner trusts. */
  static AS4CryptoFactoryInMemoryKeyStore open(Path pfx, char[] password, List<Path> trusted)
      throws GeneralSecurityException, IOException {
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(pfx)) {
      own.load(in, password);
    }
    String alias = null;
    for (String each : java.util.Collections.list(own.aliases())) {
      if (alias == null && own.isKeyEntry(each)) {
        alias = each;
      }
    }
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    for (Path each : trusted) {
      trust.setCertificateEntry(each.getFileName().toString(), certificate(each));
    }
    return new AS4CryptoFactoryInMemoryKeyStore(own, alias, password, trust);
  }

  static X509Certificate certificate(Path pem) throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}
