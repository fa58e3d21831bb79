package eu.somec.interop;

import com.helger.json.IJson;
import com.helger.json.IJsonObject;
import com.helger.json.serialize.JsonReader;
import java.nio.file.Path;
import java.util.List;

/** What one JSON object says: the start-up settings of the access point, or one command to it. */
record Settings(IJsonObject json) {
  static Settings parse(String text) {
    IJson json = JsonReader.readFromString(text);
    if (json == null || !json.isObject()) {
      throw new IllegalArgumentException("not a JSON object: " + text);
    }
    return new Settings(json.getAsObject());
  }

  String text(String name) {
    String value = json.getAsString(name);
    if (value == null) {
      throw new IllegalArgumentException("missing: " + name);
    }
    return value;
  }

  String text(String name, String otherwise) {
    return json.containsKey(name) ? text(name) : otherwise;
  }

  boolean has(String name) {
    return json.containsKey(name);
  }

  boolean yes(String name) {
    return json.getAsBoolean(name, false);
  }

  int number(String name) {
    return json.getAsInt(name, 0);
  }

  Path path(String name) {
    return Path.of(text(name));
  }

  List<Path> paths(String name) {
    return json.getAsArray(name).getAll().stream().map(each -> Path.of(each.getAsValue().getAsString())).toList();
  }

  List<Settings> all(String name) {
    return json.getAsArray(name).getAll().stream().map(each -> new Settings(each.getAsObject())).toList();
  }
}
