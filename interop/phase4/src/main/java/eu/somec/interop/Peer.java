package eu.somec.interop;

import com.helger.collection.commons.CommonsArrayList;
import com.helger.http.EHttpMethod;
import com.helger.json.IJsonObject;
import com.helger.json.JsonObject;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4RequestHandler;
import com.helger.phase4.incoming.AS4ServerInitializer;
import com.helger.phase4.incoming.mgr.AS4ProfileSelector;
import com.helger.phase4.mgr.MetaAS4Manager;
import com.helger.phase4.profile.AS4Profile;
import com.helger.phase4.servlet.AS4UnifiedResponse;
import com.helger.phase4.servlet.AS4XServletHandler;
import com.helger.phase4.servlet.IAS4ServletRequestHandlerCustomizer;
import com.helger.web.scope.IRequestWebScopeWithoutResponse;
import com.helger.web.scope.mgr.WebScopeManager;
import com.helger.xservlet.AbstractXServlet;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * An AS4 access point made of phase4, on the loopback interface only.
 *
 * <p>{@code java -jar peer.jar SETTINGS.json} serves {@code /as4} and prints {@code {"port": …}}. Then each line of standard
 * input is a JSON object that orders one message to be sent, answered by one line on standard output. It stops with its input,
 * so it cannot outlive who started it. Log lines go to standard error.
 */
public final class Peer {
  private final Profile profile;
  private final AS4Profile registered;
  private final Delivery delivery;
  private final IAS4CryptoFactory sign;
  private final IAS4CryptoFactory crypt;

  private Peer(Settings settings) throws Exception {
    profile = new Profile(settings);
    registered = profile.registered();
    delivery = new Delivery(settings.path("inbox"));
    char[] password = settings.text("password").toCharArray();
    sign = Keys.open(settings.path("sign_key"), password, settings.paths("trust"));
    crypt = Keys.open(settings.path("crypt_key"), password, settings.paths("trust"));
  }

  public static void main(String[] args) throws Exception {
    Peer peer = new Peer(Settings.parse(Files.readString(Path.of(args[0]))));
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(peer.web());
    server.start();
    System.out.println(new JsonObject().add("port", connector.getLocalPort()).getAsJsonString());
    try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(peer.obey(Settings.parse(line)).getAsJsonString());
      }
    }
    server.stop();
  }

  private IJsonObject obey(Settings command) throws Exception {
    IAS4CryptoFactory signer = sign;
    if (command.has("signer")) {
      signer = Keys.open(command.path("signer"), command.text("password").toCharArray(), profile.settings().paths("trust"));
    }
    return Sending.run(command, profile, registered.getID(), signer, crypt);
  }

  private ServletContextHandler web() {
    ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
    context.addEventListener(new Lifecycle());
    return context;
  }

  private final class Lifecycle implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      WebScopeManager.onGlobalBegin(event.getServletContext());
      AS4ServerInitializer.initAS4Server();
      MetaAS4Manager.getProfileMgr().registerProfile(registered);
      AS4ProfileSelector.setCustomDefaultAS4ProfileID(registered.getID());
      event.getServletContext().addServlet("as4", new Endpoint()).addMapping("/as4"); // it needs the scope begun above
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
      AS4ServerInitializer.shutdownAS4Server();
      WebScopeManager.onGlobalEnd();
    }
  }

  /** phase4's own AS4Servlet, with the keys, the P-Modes and the application of this access point. */
  private final class Endpoint extends AbstractXServlet implements IAS4ServletRequestHandlerCustomizer {
    private static final long serialVersionUID = 1L;

    Endpoint() {
      settings().setMultipartEnabled(false); // phase4 reads the multipart body itself
      handlerRegistry().registerHandler(EHttpMethod.POST, new AS4XServletHandler().setRequestHandlerCustomizer(this));
    }

    @Override
    public void customizeBeforeHandling(
        IRequestWebScopeWithoutResponse scope, AS4UnifiedResponse response, AS4RequestHandler handler) {
      handler
          .setCryptoFactorySign(sign)
          .setCryptoFactoryCrypt(crypt)
          .setPModeResolver((id, service, action, from, to, agreement, address) -> profile.find(service, action, from, to, agreement))
          .setIncomingProfileSelector(new AS4IncomingProfileSelectorConstant(registered.getID(), true))
          .setProcessorSupplier(() -> new CommonsArrayList<>(delivery));
    }

    @Override
    public void customizeAfterHandling(
        IRequestWebScopeWithoutResponse scope, AS4UnifiedResponse response, AS4RequestHandler handler) {
      // Nothing to add to what phase4 answers.
    }
  }
}
