package eu.somec.interop;

import com.helger.json.IJsonObject;
import com.helger.json.JsonArray;
import com.helger.json.JsonObject;
import com.helger.mime.parse.MimeTypeParser;
import com.helger.phase4.attachment.AS4OutgoingAttachment;
import com.helger.phase4.crypto.ECryptoKeyIdentifierType;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.ebms3header.Ebms3Error;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.messaging.http.HttpRetrySettings;
import com.helger.phase4.model.MessageProperty;
import com.helger.phase4.sender.AS4Sender;
import com.helger.phase4.sender.EAS4UserMessageSendResult;
import com.helger.phase4.sender.IAS4SignalMessageValidationResultHandler;
import java.nio.file.Files;
import java.time.Duration;

/** One message out, and what phase4 makes of the answer: its receipt is verified and compared with what was signed. */
final class Sending implements IAS4SignalMessageValidationResultHandler {
  private final IJsonObject answer = new JsonObject();
  private final JsonArray complaints = new JsonArray();

  private Sending() {}

  static IJsonObject run(Settings command, Profile profile, String profileId, IAS4CryptoFactory sign, IAS4CryptoFactory crypt)
      throws Exception {
    return new Sending().send(command, profile, profileId, sign, crypt);
  }

  private IJsonObject send(
      Settings command, Profile profile, String profileId, IAS4CryptoFactory sign, IAS4CryptoFactory crypt) throws Exception {
    Settings own = profile.settings();
    String from = own.text("party");
    String to = command.text("to", own.text("partner"));
    String service = command.text("service", own.text("service"));
    String action = command.text("action", own.text("action"));
    var mode = profile.mode(from, to, service, action);
    var security = mode.getLeg1().getSecurity();
    if (command.yes("unsigned")) {
      security.disableSigning();
    }
    if (command.yes("unencrypted")) {
      security.disableEncryption();
    }
    var message =
        AS4Sender.builderUserMessage()
            .as4ProfileID(profileId)
            .pmodeResolver((id, s, a, initiator, responder, agreement, address) -> mode)
            .pmode(mode)
            .cryptoFactorySign(sign)
            .cryptoFactoryCrypt(crypt)
            .withSigningParams(params -> params.setFromPMode(security).setUseSingleCertificate(!command.yes("whole_chain")))
            .withCryptParams(params -> profile.encryption(params.setFromPMode(security)))
            .service(service.equals(own.text("service")) ? own.text("service_type", null) : null, service)
            .action(action)
            .agreementRef(own.text("agreement"))
            .conversationID(command.text("conversation"))
            .fromPartyIDType(own.text("party_type"))
            .fromPartyID(from)
            .fromRole(mode.getInitiator().getRole())
            .toPartyIDType(own.text("party_type"))
            .toPartyID(to)
            .toRole(mode.getResponder().getRole())
            .messageID(command.text("message_id"))
            .addMessageProperty(MessageProperty.builder().name("originalSender").value(from + "-officer"))
            .addMessageProperty(MessageProperty.builder().name("finalRecipient").value(to + "-officer"))
            .receiverCertificate(Keys.certificate(command.path("recipient")))
            .endpointURL(command.text("url"))
            .httpRetrySettings(
                new HttpRetrySettings().setMaxRetries(command.number("retries")).setDurationBeforeRetry(Duration.ofMillis(300)))
            .rawResponseConsumer(response -> answer.add("status", response.getResponseStatusLine().getStatusCode()))
            .signalMsgConsumer((signal, metadata, state) -> read(signal, state))
            .signalMsgValidationResultHdl(this);
    if (command.has("key_reference")) {
      var how = ECryptoKeyIdentifierType.valueOf(command.text("key_reference"));
      message.signingParams().setKeyIdentifierType(how);
      message.cryptParams().setKeyIdentifierType(how);
    }
    for (Settings part : command.all("parts")) {
      message.addAttachment(attachment(part));
    }
    EAS4UserMessageSendResult result =
        message.sendMessageAndCheckForReceipt(failure -> answer.add("exception", String.valueOf(failure.getCause())));
    return answer.add("result", result.getID()).add("complaints", complaints);
  }

  private static AS4OutgoingAttachment attachment(Settings part) throws Exception {
    var built =
        AS4OutgoingAttachment.builder()
            .data(Files.readAllBytes(part.path("file")))
            .contentID(part.text("cid"))
            .mimeType(MimeTypeParser.parseMimeType(part.text("mime")));
    if (part.has("attachment_id")) {
      built.addCustomProperty("AttachmentId", part.text("attachment_id"));
    }
    return part.yes("compress") ? built.compressionGZIP().build() : built.build();
  }

  private void read(Ebms3SignalMessage signal, IAS4IncomingMessageState state) {
    JsonArray errors = new JsonArray();
    for (Ebms3Error each : signal.getError()) {
      errors.add(
          new JsonObject()
              .add("code", each.getErrorCode())
              .add("severity", each.getSeverity())
              .add("detail", String.valueOf(each.getErrorDetail())));
    }
    answer
        .add("errors", errors)
        .add("receipt", signal.getReceipt() != null)
        .add("refers_to", String.valueOf(signal.getMessageInfo().getRefToMessageId()))
        .add("signature_checked", state.isSoapSignatureChecked());
    if (state.getSigningCertificate() != null) {
      answer.add("signer", state.getSigningCertificate().getSubjectX500Principal().getName());
    }
  }

  @Override
  public void onSuccess() {
    answer.add("non_repudiation", "matched");
  }

  @Override
  public void onError(String message) {
    complaints.add(message);
  }

  @Override
  public void onNotApplicable() {
    answer.add("non_repudiation", "absent");
  }
}
