package eu.somec.interop;

import com.helger.base.state.ETriState;
import com.helger.phase4.CAS4;
import com.helger.phase4.crypto.AS4CryptParams;
import com.helger.phase4.crypto.ECryptoAlgorithmCrypt;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.model.EMEP;
import com.helger.phase4.model.EMEPBinding;
import com.helger.phase4.model.pmode.IPMode;
import com.helger.phase4.model.pmode.PMode;
import com.helger.phase4.model.pmode.PModeParty;
import com.helger.phase4.model.pmode.PModeReceptionAwareness;
import com.helger.phase4.model.pmode.leg.EPModeSendReceiptReplyPattern;
import com.helger.phase4.model.pmode.leg.PModeLeg;
import com.helger.phase4.model.pmode.leg.PModeLegBusinessInformation;
import com.helger.phase4.model.pmode.leg.PModeLegErrorHandling;
import com.helger.phase4.model.pmode.leg.PModeLegProtocol;
import com.helger.phase4.model.pmode.leg.PModeLegSecurity;
import com.helger.phase4.profile.AS4Profile;
import com.helger.phase4.wss.EWSSVersion;

/**
 * The eDelivery AS4 Common Profile, One-Way/Push, as P-Modes of phase4: 1.15 (section 1.4, RSA) or the common part of 2.0
 * (Ed25519 and X25519). Receipts and errors are synchronous, receipts are signed and carry non-repudiation information.
 */
record Profile(Settings settings) {
  private static final int KILOBYTES_AT_MOST = 512 * 1024;

  boolean isTwo() {
    return "2.0".equals(settings.text("suite"));
  }

  AS4Profile registered() {
    return new AS4Profile(
        "edelivery-as4-" + settings.text("suite"),
        "eDelivery AS4 " + settings.text("suite") + " Common Profile",
        () -> null,
        (initiator, responder, address) -> mode(initiator, responder, settings.text("service"), settings.text("action")),
        (initiator, responder) -> initiator.getIDValue() + "-" + responder.getIDValue(),
        false,
        false);
  }

  /** The P-Mode that governs a message, or null (which phase4 answers with EBMS:0010) when nobody agreed on one. */
  IPMode find(String service, String action, String initiator, String responder, String agreement) {
    boolean test = CAS4.DEFAULT_SERVICE_URL.equals(service) && CAS4.DEFAULT_ACTION_URL.equals(action);
    boolean business = settings.text("service").equals(service) && settings.text("action").equals(action);
    boolean agreed =
        initiator.equals(settings.text("partner"))
            && responder.equals(settings.text("party"))
            && settings.text("agreement").equals(agreement);
    return agreed && (test || business) ? mode(initiator, responder, service, action) : null;
  }

  PMode mode(String initiator, String responder, String service, String action) {
    PModeLeg leg =
        new PModeLeg(
            PModeLegProtocol.createForDefaultSoapVersion(null),
            PModeLegBusinessInformation.create(service, action, Long.valueOf(KILOBYTES_AT_MOST), CAS4.DEFAULT_MPC_ID),
            synchronousErrors(),
            null,
            security());
    return new PMode(
        initiator + "-" + responder,
        party(initiator, CAS4.DEFAULT_INITIATOR_URL),
        party(responder, CAS4.DEFAULT_RESPONDER_URL),
        settings.text("agreement"),
        EMEP.ONE_WAY,
        EMEPBinding.PUSH,
        leg,
        null,
        null,
        PModeReceptionAwareness.createDefault());
  }

  private PModeParty party(String id, String role) {
    return new PModeParty(settings.text("party_type"), id, role, null, null);
  }

  private static PModeLegErrorHandling synchronousErrors() {
    return new PModeLegErrorHandling(null, null, ETriState.TRUE, ETriState.TRUE, ETriState.TRUE, ETriState.TRUE);
  }

  private PModeLegSecurity security() {
    PModeLegSecurity security = new PModeLegSecurity();
    security.setWSSVersion(EWSSVersion.WSS_111);
    security.setX509SignatureAlgorithm(isTwo() ? ECryptoAlgorithmSign.EDDSA_ED25519 : ECryptoAlgorithmSign.RSA_SHA_256);
    security.setX509SignatureHashFunction(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
    security.setX509EncryptionAlgorithm(ECryptoAlgorithmCrypt.AES_128_GCM);
    security.setX509EncryptionMinimumStrength(128);
    security.setSendReceipt(true);
    security.setSendReceiptNonRepudiation(true);
    security.setSendReceiptReplyPattern(EPModeSendReceiptReplyPattern.RESPONSE);
    return security;
  }

  /** RSA-OAEP with SHA-256 and MGF1-SHA256 is phase4's own default, so 1.15 needs nothing here. */
  void encryption(AS4CryptParams params) {
    if (isTwo()) {
      params.setEDelivery2KeyAgreementX25519();
    }
  }
}
