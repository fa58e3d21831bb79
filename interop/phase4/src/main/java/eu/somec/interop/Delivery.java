package eu.somec.interop;

import com.helger.collection.commons.ICommonsList;
import com.helger.http.header.HttpHeaderMap;
import com.helger.json.IJsonObject;
import com.helger.json.JsonArray;
import com.helger.json.JsonObject;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.ebms3header.Ebms3CollaborationInfo;
import com.helger.phase4.ebms3header.Ebms3Property;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.incoming.IAS4IncomingMessageMetadata;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.spi.AS4MessageProcessorResult;
import com.helger.phase4.incoming.spi.AS4SignalMessageProcessorResult;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.model.error.EEbmsError;
import com.helger.phase4.model.pmode.IPMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.w3c.dom.Node;

/**
 * The business application behind phase4: puts each message that phase4 has verified, decrypted and decompressed into a folder,
 * {@code N.json} for the message and {@code N-K.part} for its parts.
 */
final class Delivery implements IAS4IncomingMessageProcessorSPI {
  private final Path folder;
  private int count;

  Delivery(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized AS4MessageProcessorResult processAS4UserMessage(
      IAS4IncomingMessageMetadata metadata,
      HttpHeaderMap headers,
      Ebms3UserMessage message,
      IPMode mode,
      Node payload,
      ICommonsList<WSS4JAttachment> attachments,
      IAS4IncomingMessageState state,
      AS4ErrorList errors) {
    // Without a validator of a profile phase4 takes what is not secured; the Common Profile does not.
    if (!state.isSoapSignatureChecked() || !state.isSoapDecrypted()) {
      errors.add(
          EEbmsError.EBMS_POLICY_NONCOMPLIANCE
              .errorBuilder(Locale.ROOT)
              .refToMessageInError(state.getMessageID())
              .errorDetail("the message is not signed, or its parts are not encrypted")
              .build());
      return AS4MessageProcessorResult.createFailure();
    }
    count++;
    try {
      IJsonObject json = described(message, state).add("parts", parts(attachments));
      Files.writeString(folder.resolve(count + ".json"), json.getAsJsonString());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return AS4MessageProcessorResult.createSuccess();
  }

  private static IJsonObject described(Ebms3UserMessage message, IAS4IncomingMessageState state) {
    Ebms3CollaborationInfo agreed = message.getCollaborationInfo();
    JsonObject properties = new JsonObject();
    if (message.getMessageProperties() != null) {
      named(message.getMessageProperties().getProperty(), properties);
    }
    return new JsonObject()
        .add("message_id", message.getMessageInfo().getMessageId())
        .add("from", message.getPartyInfo().getFrom().getPartyIdAtIndex(0).getValue())
        .add("to", message.getPartyInfo().getTo().getPartyIdAtIndex(0).getValue())
        .add("service", agreed.getServiceValue())
        .add("action", agreed.getAction())
        .add("conversation", agreed.getConversationId())
        .add("signer", state.getSigningCertificate().getSubjectX500Principal().getName())
        .add("properties", properties);
  }

  private static void named(List<Ebms3Property> from, JsonObject into) {
    for (Ebms3Property each : from) {
      into.add(each.getName(), each.getValue());
    }
  }

  private JsonArray parts(ICommonsList<WSS4JAttachment> attachments) throws IOException {
    JsonArray parts = new JsonArray();
    for (WSS4JAttachment each : attachments) {
      Path file = folder.resolve(count + "-" + (parts.size() + 1) + ".part");
      try (InputStream in = each.getSourceStream()) {
        Files.copy(in, file);
      }
      parts.add(
          new JsonObject()
              .add("cid", each.getId())
              .add("mime", each.getUncompressedMimeType())
              .add("compressed", each.getCompressionMode() != null)
              .add("file", file.toString()));
    }
    return parts;
  }

  @Override
  public AS4SignalMessageProcessorResult processAS4SignalMessage(
      IAS4IncomingMessageMetadata metadata,
      HttpHeaderMap headers,
      Ebms3SignalMessage message,
      IPMode mode,
      IAS4IncomingMessageState state,
      AS4ErrorList errors) {
    return AS4SignalMessageProcessorResult.createSuccess();
  }

  @Override
  public void processAS4ResponseMessage(
      IAS4IncomingMessageMetadata metadata,
      IAS4IncomingMessageState state,
      String id,
      byte[] response,
      boolean available,
      AS4ErrorList errors) {
    // The other end of the wire keeps what phase4 answers.
  }
}
